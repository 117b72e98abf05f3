self.onmessage = async () => self.postMessage(await (await fetch('style.css')).text())
