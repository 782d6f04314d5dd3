// A small https server for every Node since 0.8. Arguments: port, ciphers.
var https = require('https');
var fs = require('fs');

https.createServer({
  key: fs.readFileSync('key.pem'),
  cert: fs.readFileSync('cert.pem'),
  secureProtocol: 'SSLv23_method',
  secureOptions: 0,
  ciphers: process.argv[3]
}, function (request, response) {
  response.setHeader('Content-Type', 'text/plain');
  response.end(process.version + '\n');
}).listen(Number(process.argv[2]), '127.0.0.1');
