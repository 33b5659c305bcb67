// node check_answers.js OPENAPI ANSWERS: whether answers, one JSON object {method, path, status, headers, body} a line, are what
// the OpenAPI document says. A line on standard output for each that is not. The same checks as the prism proxy makes, which
// itself cannot pass on a body that is not text.
const fs = require('fs');
const {getHttpOperationsFromSpec} = require('@stoplight/prism-http');
const {default: route} = require('@stoplight/prism-http/dist/router');
const {validateOutput} = require('@stoplight/prism-http/dist/validator');

async function main([openapi, answers]) {
  const operations = await getHttpOperationsFromSpec(openapi);
  for (const line of fs.readFileSync(answers, 'utf8').split('\n').filter(Boolean)) {
    const answer = JSON.parse(line);
    const found = route({resources: operations, input: {method: answer.method.toLowerCase(), url: {path: answer.path, baseUrl: ''}}});
    if (found._tag === 'Left') {
      console.log(JSON.stringify({answer, breaches: [String(found.left)]}));
      continue;
    }
    const element = {statusCode: answer.status, headers: answer.headers, body: answer.body};
    const checked = validateOutput({resource: found.right, element});
    if (checked._tag === 'Left') console.log(JSON.stringify({answer, breaches: checked.left}));
  }
}

main(process.argv.slice(2)).catch(error => {
  console.error(error);
  process.exit(1);
});
