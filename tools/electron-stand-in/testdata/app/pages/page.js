window.page = 'page'
window.received = []
window.contract.on('news', (...args) => window.received.push(args))
document.documentElement.dataset.module = 'ran'
