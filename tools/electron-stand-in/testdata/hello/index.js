hello.echo(new Uint8Array([1, 2, 3])).then((r) => {
  document.querySelector('h1').textContent = r.value.constructor.name + ' ' + r.url + ' ' + r.origin
  console.log('PAGE', r.value.constructor.name)
}, (e) => { document.querySelector('h1').textContent = e.message })
