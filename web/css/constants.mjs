// Writes the values of variables that never change where they are used: those that the theme
// defines once, and those of @property that no rule sets to another value. Their definitions only weigh.

// uses finds var(--name) and var(--name, fallback), whose fallback may have parentheses.
const uses = /var\((--[\w-]+)\s*(?:,((?:[^()]|\((?:[^()]|\([^()]*\))*\))*))?\)/g;

// isTheme tells whether a rule is the theme's, which holds for all elements and all settings.
const isTheme = (rule) => /^:root(,\s*:host)?$/.test(rule.selector ?? "") && (rule.parent.type === "root" || rule.parent.name === "layer");

export function foldConstants(sheet) {
  const set = new Map(); // the declarations of each variable
  sheet.walkDecls(/^--/, (decl) => {
    if (decl.parent.name === "property") return;
    if (!set.has(decl.prop)) set.set(decl.prop, []);
    set.get(decl.prop).push(decl);
  });
  const initial = new Map(); // undefined where @property gives no value
  sheet.walkAtRules("property", (rule) => {
    let value;
    rule.walkDecls("initial-value", (decl) => (value = decl.value));
    const decls = set.get(rule.params) ?? [];
    if (decls.some((decl) => decl.value !== value)) return;
    initial.set(rule.params, value);
    decls.forEach((decl) => decl.remove());
    set.delete(rule.params);
  });
  const constants = new Map();
  for (const [name, decls] of set) if (decls.length === 1 && isTheme(decls[0].parent)) constants.set(name, decls[0].value);
  const fold = (value) => {
    const folded = value.replace(uses, (use, name, fallback) => {
      if (constants.has(name)) return constants.get(name);
      if (initial.get(name) !== undefined) return initial.get(name);
      if (fallback !== undefined && !set.has(name)) return fallback.trim();
      return use;
    });
    return folded === value ? value : fold(folded);
  };
  sheet.walkDecls((decl) => {
    if (decl.parent.name !== "property") decl.value = fold(decl.value);
  });
  const left = new Set([...sheet.toString().matchAll(/var\((--[\w-]+)/g)].map((m) => m[1]));
  for (const name of constants.keys()) if (!left.has(name)) set.get(name)[0].remove();
  sheet.walkAtRules("property", (rule) => {
    if (initial.has(rule.params) && !left.has(rule.params)) rule.remove();
  });
}
