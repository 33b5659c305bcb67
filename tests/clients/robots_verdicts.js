// node robots_verdicts.js: what robots-parser makes of [{robots, paths}], JSON on standard input: prints [{allowed: […], delay}].
const robotsParser = require('robots-parser');

const site = 'https://site.example';
const cases = JSON.parse(require('fs').readFileSync(0, 'utf8'));
console.log(JSON.stringify(cases.map(({robots, paths}) => {
  const rules = robotsParser(`${site}/robots.txt`, robots);
  const delay = rules.getCrawlDelay('Earmark');
  return {allowed: paths.map(path => rules.isAllowed(site + path, 'Earmark')), delay: delay === undefined ? null : delay};
})));
