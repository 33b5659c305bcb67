// node verify_webhook.js SECRET: verifies a webhook, {headers, body} on standard input, with the library of Standard Webhooks; prints
// its payload. Exit code 1: the signature is not right.
const {Webhook} = require('standardwebhooks');

try {
  const {headers, body} = JSON.parse(require('fs').readFileSync(0, 'utf8'));
  console.log(JSON.stringify(new Webhook(process.argv[2]).verify(body, headers)));
} catch (error) {
  console.error(String(error));
  process.exit(1);
}
