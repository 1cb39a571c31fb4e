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
const dropSupports = (rule) => {
  if (/color-mix|apple-pay/.test(rule.params)) {
    rule.walkAtRules("supports", dropSupports);
    rule.replaceWith(rule.nodes);
  } else if (/-webkit-hyphens|margin-trim/.test(rule.params)) rule.remove();
};
sheet.walkAtRules("supports", dropSupports);
// PurgeCSS keeps a selector whose words occur anywhere in the templates, such as the role alert
// for the class of that name. No page uses these, which gallery_test.go checks.
const unused = [
  /\.(dark|alert|empty|dialog|combobox|item|kbd|label|fieldset|tabs|progress|outline|filter)(?![\w-])/,
  /\.card(\[data-size|:has\(>img|>(img|header|footer|section))/,
  /^\.field( section|>section|>fieldset|>:is\(fieldset|>input|>\.sr-only| :is\(h2|>label:has\((>|input\[type=["']?checkbox)| h2| h3|:has\()/,
  /\.badge(:not\(\[data-variant|>svg|\[data-variant=["']?(destructive|ghost|link|primary))/,
  /\.btn\[data-(size=["']?default|variant=["']?(link|primary|secondary))/,
  /\[type=["']?(range|email|number|password|time|url)(?![\w-])|\.(field>|)input\[type=["']?radio/,
  /\[role=["']?(switch|checkbox)|\[data-slot|\[role=["']?group["']?\]:not\(\.field|label:has\(>\.field|\[data-variant=["']?legend|\[data-state/,
  /\.select:not\(select\)|^(img|sub|menu|b)$|^:host$/,
];
const parents = (rule) => {
  for (let outer = rule.parent; outer; outer = outer.parent) if (outer.type === "rule") return parents(outer) + outer.selector + " ";
  return "";
};
const isUsed = (outer, selector) => {
  const full = (outer + selector).replace(/\s*&/g, "").replace(/\s*([>+~])\s*/g, "$1");
  const plain = full.replace(/:not\((?:[^()]|\([^()]*\))*\)/g, (not) => (/^:not\((select|\[data-variant\]|\.field)\)$/.test(not) ? not : ""));
  return !unused.some((pattern) => pattern.test(plain));
};
sheet.walkRules((rule) => {
  const used = rule.selectors.filter((selector) => isUsed(parents(rule), selector));
  if (used.length === 0) rule.remove();
  else if (used.length < rule.selectors.length) rule.selectors = used;
});
// Of two values for one property in one rule, the second one counts.
sheet.walkDecls((decl) => {
  if (decl.important) return;
  for (let next = decl.next(); next?.type === "decl"; next = next.next()) {
    if (next.prop === decl.prop && !next.important) return void decl.remove();
  }
});
// The theme defines the colors of the design system in the same place again.
const isRoot = (rule) => rule.type === "rule" && rule.selector === ":root" && rule.parent.type === "root";
const roots = sheet.nodes.filter(isRoot);
for (const [i, rule] of roots.entries()) {
  const later = new Set(roots.slice(i + 1).flatMap((next) => next.nodes.map((decl) => decl.prop)));
  rule.nodes.filter((decl) => later.has(decl.prop)).forEach((decl) => decl.remove());
}
foldConstants(sheet);
// A transparent shadow shows nothing.
sheet.walkDecls("box-shadow", (decl) => (decl.value = decl.value.replace(/(0 0 #0000,\s*)+(?=\S)/, "")));
css = sheet.toString();

const { code } = transform({ filename: to, code: Buffer.from(css), minify: true });
writeFileSync(to, code);
console.log(`${to}: ${code.length} bytes`);
