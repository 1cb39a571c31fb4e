// Takes what no template uses out of the built style sheet, and minifies the rest.
// The design system styles its components by class, so Tailwind alone keeps all.
import { readFileSync, writeFileSync } from "node:fs";
import postcss from "postcss";
import { PurgeCSS } from "purgecss";
import { transform } from "lightningcss";
import { foldConstants } from "./constants.mjs";

const [, , from, to] = process.argv;
const purge = async (variables) => {
  const [{ css }] = await new PurgeCSS().purge({
    content: ["../templates/*.templ", "../templates/ui_!(*_templ).go", "../../internal/chart/chart.go", "../static/*.js"],
    css: [{ raw: readFileSync(from, "utf8") }],
    // Class names are whatever stands between quotes and spaces; tag and attribute names need the rest.
    defaultExtractor: (text) => [...(text.match(/[^\s"'`]+/g) ?? []), ...(text.match(/[\w-]+/g) ?? [])],
    safelist: { standard: [/^:/, "html", "body", "*"], variables },
    variables: true,
    keyframes: true,
    fontFace: true,
  });
  return css;
};

// PurgeCSS overlooks some uses of a variable and takes its definition out: those stay.
let css = await purge([]);
const names = (pattern) => [...css.matchAll(pattern)].map((m) => m[1]);
const defined = new Set(names(/(--[\w-]+)(?:\s*:|\s*\{)/g));
const missing = names(/var\((--[\w-]+)\)/g).filter((name) => !defined.has(name));
if (missing.length > 0) css = await purge(missing);

// Every browser that shows these pages knows color-mix and @property, so what stands beside them
// for others only weighs; and dark follows the system's setting, never a class.
const sheet = postcss.parse(css);
sheet.walkAtRules("supports", (rule) => {
  if (/color-mix/.test(rule.params)) rule.replaceWith(rule.nodes);
  else if (/-webkit-hyphens|margin-trim/.test(rule.params)) rule.remove();
});
// PurgeCSS keeps a selector whose words occur anywhere in the templates, such as the role alert
// for the class of that name. No page uses these.
const unused = /\.(dark|alert|empty|dialog|combobox)(?![\w-])|\[role=["']?switch|\[type=["']?range|\.select:not\(select\)/;
sheet.walkRules((rule) => {
  const used = rule.selectors.filter((selector) => !unused.test(selector.replace(/:not\((?:[^()]|\([^()]*\))*\)/g, (not) => (not === ":not(select)" ? not : ""))));
  if (used.length === 0) rule.remove();
  else if (used.length < rule.selectors.length) rule.selectors = used;
});
foldConstants(sheet);
css = sheet.toString();

const { code } = transform({ filename: to, code: Buffer.from(css), minify: true });
writeFileSync(to, code);
console.log(`${to}: ${code.length} bytes`);
