process.parentPort.on('message', ({ data, ports }) => {
  const [port] = ports
  if (port) {
    port.on('message', (event) => port.postMessage(['through the port', event.data]))
    port.start()
  }
  if (data === 'exit') process.exit(7)
  if (data === 'hang') for (;;);
  if (data === 'crash') process.abort()
  process.parentPort.postMessage({
    data,
    type: process.type,
    argv: process.argv.slice(2),
    ports: ports.length,
    bytes: new Uint8Array([9]),
  })
})
process.stdout.write('utility started\n')
