package javaregex

// handWritten are patterns that once surprised, or that people write.
var handWritten = []string{
	// Addresses.
	`jane\.doe@example\.com`, `^jane(\.|_)?doe@.*$`, `.*@example\.(com|org|net)`, `(?i)^J\.?Doe@`, `[^@]+@(?!example\.com).*`, `^(jane|j)\.doe(\+[a-z0-9]+)?@example\.com$`,
	`^[\w.+-]+@([\w-]+\.)+[a-z]{2,}$`, `^(?=.{1,64}@)[a-z]+(?:\.[a-z]+)*@.*`, `(?x) jane \. doe  # the chief`, `\Qjane.doe@example.com\E`, `jane[.]doe@example[.]com`,
	// Repetition and its errors.
	`a{,3}`, `a{3`, `a{3,`, `a{3,2}`, `a{2147483648}`, `{3}`, `{`, `}`, `a{x}`, `a**`, `a+++`, `a{2}{3}`, `+`, `|*`, `(*)`, `(?:a?){3}aa`, `(?:a*)*b`, `(?:a|ab)*c`, `(a|b|ab)*?c`, `(?:a++)*`, `(a){0}\1`,
	`(?:)*`, `(?:|a)+`, `(?:a|)*b`, `(a?)*`, `(a*)+`, `(?:a{1,2}){2}`, `(?:a{2,}){2}`, `((a)|b)*\2`, `(?:(a)|b)*\1`, `(a|b){2,3}?b`, `(?>a*)a`, `(?>a|ab)*b`, `x{0,1}+x`, `(?:ab){2,}+a`, `(a){1,3}?(a)?\1`,
	// Groups.
	`(`, `)`, `a)`, `(?`, `(?:`, `(?<`, `(?<a`, `(?<a>`, `(?<1>a)`, `(?<a>a)(?<a>b)`, `(?<a>.)\k<a>`, `\k<a>(?<a>.)`, `\k`, `\k{a}`, `\k<`, `(?#a)`, `(?P<a>a)`, `(?|a)`, `(?&a)`, `(?R)`, `(?$)`, `(?@a)`, `(?i)(?-i)A`, `(?i`, `(?i-`,
	`(?ix-`, `(?z)`, `(?c)a`, `(?i)a(?-i:B)c`, `a(?i)b|c`, `((?i)b)c`, `()()()()()()()()()()\10`, `(a)\10`, `\10(a)`, `\11`, `(?=(a))\1`, `(?=(a))b|\1a`, `(?!(a))\1`, `(?:(?=a))*a`, `(?=a)*b`, `(?=a){2}`,
	// Look-behind.
	`(?<=a*)b`, `(?<=a+b?)c`, `(?<=a+b{0,1})c`, `(?<=a+b{1})c`, `(?<=a*+)b`, `(?<=xa*+)b`, `(?<=(?:ab)*)c`, `(?<=x(?:ab)*)c`, `(?<=a*?)b`, `(?<=xa*?)b`, `(?<=\R)a`, `(?<=\X)a`, `(?<=(\X){1})a`, `(?<=(a|b)*)c`, `(?<=(a|b){2})c`, `(?<=a|bc|def)g`,
	`(?<!a|bc)d`, `(?<=^)a`, `(?<=\1)(a)`, `(?<=(?<=a)b)c`, `(?<=a(?=b))b`, `(?<=(?!a).)b`, `(?<=😀)a`, `(?<=.)a|😀`, `(?<!.*)`, `(?<!^)`, `(?<!^).*(?=.)`, `(?<!\n*[😀2a-\u200d]|}+})`, `(?<=a`, `(?<a=b)`, `(?<=\p{L}{2,3})1`,
	// Classes.
	`[`, `[]`, `[^]`, `[]]`, `[^]]`, `[]a]`, `[a`, `[a[`, `[[a]`, `[a]]`, `[a-]`, `[-a]`, `[--a]`, `[a--]`, `[z-a]`, `[a-\d]`, `[\d-a]`, `[a-[b]]`, `[a-&&b]`, `[a&&b]`, `[a&b]`, `[&&a]`, `[a&&]`, `[&&]`, `[&&&]`, `[a&&&b]`, `[a&&&&b]`, `[a-z&&[^aeiou]]`,
	`[^a-z&&[^b]]`, `[a-z&&def]`, `[a-c&&[abc]&d]`, `[\wa&&]`, `[a\w&&]`, `[\wa&&&b]`, `[[a][b]]`, `[^[a]b]`, `[a[^b]]`, `[^^]`, `[a^]`, `[\^a]`, `[[:alpha:]]`, `[\Qa-c\E]`, `[\Q]`, `[a-\Qc\E]`, `[\x41-\x43]`, `[\b]`, `[\B]`, `[\R]`, `[\X]`, `[\1]`, `[\k<a>]`,
	`[\v]`, `[\v-a]`, `[a-\v]`, `[\p{L}-]`, `[\pL\d]`, `[a-\pL]`, `[😀-😂]`, `[\uD83D\uDE00]`, `[\uD83D]`, `[\uDE00-\uDFFF]`, `(?x)[a b#c]`, "(?x)[a #c\n]", `(?i)[a-c]`, `(?i)[é]`, `(?iu)[é]`, `(?iu)[k]`, `(?iu)[ſ]`, `(?iu)[µ]`, `(?iu)[ÿ]`, `(?iu)[İ]`, `(?i)[^a]`,
	// Whether a class is of the BMP only shows in where a search begins.
	`(?!([\S&&-]){0}\A)`, `(?:[\S&&a])?(?!\A)`, `(?:[a&&\S])?(?!\A)`, `(?:[\w&&-])?(?!\A)`, `(?:[a&&b])?(?!\A)`, `(?:[^a&&b])?(?!\A)`, `(?:[\S&&\d])?(?!\A)`, `(?:[a[^b]])?(?!\A)`,
	// Escapes.
	`\`, `a\`, `\y`, `\i`, `\E`, `\Q`, `\Qa`, `\Q\E`, `a\Qb\Ec`, `\Q1\E2`, `\061\Q1\E`, `\Q\\E`, `\Qa\nb\E`, `\0`, `\00`, `\08`, `\07`, `\0377`, `\0400`, `\x`, `\x1`, `\x1g`, `\x{}`, `\x{1`, `\x{10FFFF}`, `\x{110000}`, `\u`, `\u12`, `\u0061`, `\u{61}`, `\uD83D\uDE00`, `\uD83D\uD83D`, `\uD83D\u12`,
	`\uD83D`, `\uDE00`, `\c`, `\cA`, `\ca`, `\c\`, `\N`, `\N{`, `\N{A`, `\N{}`, `\a\e\f\t\n\r`, `\_`, `\é`, `\😀`, `\8`, `\b{g}`, `\b{g`, `\b{w}`, `\b{2}`, `\B{g}`, `\G`, `a\Ga`, `\Z`, `\z`, `\A`, `a\Ab`, `\R\n`, `\R?\n`, `\R+\n`, `(?:\R)\n`, `\R{2}`, `\X`, `\X{2}`, `\h+`, `\H+`, `\v+`, `\V+`, `\s\S`, `\w\W`,
	// Properties.
	`\p`, `\p{`, `\p{}`, `\p{L`, `\pL`, `\pLu`, `\pX`, `\p{L}`, `\p{Lu}`, `\p{lu}`, `\p{IsLu}`, `\p{Islu}`, `\p{IsLatin}`, `\p{isLatin}`, `\p{Latin}`, `\p{InLatin}`, `\p{InGreek}`, `\p{InGreekAndCoptic}`, `\p{script=Latin}`, `\p{sc=Latn}`, `\p{script=}`, `\p{blk=BasicLatin}`, `\p{gc=Lu}`, `\p{gc=X}`, `\p{x=y}`, `\p{=}`,
	`\P{L}`, `\p{^L}`, `\p{Alpha}`, `\p{alpha}`, `(?U)\p{alpha}`, `(?U)\p{Alpha}`, `(?U)\pn`, `(?i)\p{Lower}`, `(?i)\p{Lu}`, `(?i)\p{javaLowerCase}`, `\p{IsEmoji}`, `\p{IsAlphabetic}`, `\p{IsWhite_Space}`, `\p{IsWord}`, `\p{javaMirrored}`, `\p{javaX}`, `(?x)\p{ L }`, `(?x)\p {L}`, `(?x)\p{L#`, `\p{all}`, `\p{LC}`, `\p{L1}`, `\p{ASCII}`, `\p{IsASCII}`, `\p{Isascii}`,
	// Properties in capitals and small letters beyond a to z.
	`\p{xΣ=}`, `\p{Σx=}`, `\p{xΣy=}`, `\p{Σ=}`, `\p{x.Σ.=}`, `\p{İSC=}`, `\p{Isaßigned}`, `\p{Islaﬅ}`, `\p{Isﬃ}`, `\p{Isalphabetıc}`, `\p{Isdigıt}`, `(?U)\p{dıgit}`, `\p{script=greeK}`, `\p{IsWhite_ſpace}`, `\p{InBaſicLatin}`, `\p{InBaßicLatin}`, `\p{In Basic Latin}`, `\p{ſcript=Latin}`, `\p{sc=Lαtin}`, `\N{latın small letter a}`, `\N{LATIN ſMALL LETTER A}`, `\N{ß}`, `\N{LATIN SMALL LETTER ßHARP S}`,
	// Lines, words and cases.
	`.`, `(?s).`, `(?d).`, `^`, `$`, `(?m)^`, `(?m)$`, `(?d)$`, `(?md)^.`, `(?md).$`, `\b`, `\B`, `(?U)\b`, `\bé`, `a\b́`, `\w\b`, `(?U)\w+`, `(?U)\d`, `(?U)\s`, `(?i)k`, `(?iu)k`, `(?iu)ss`, `(?iu)i`, `(?iu)ı`, `(?iu)İ`, `(?iu)ǆ`, `(?iu)σ`, `(?i)(a)\1`, `(?iu)(é)\1`, `(?i)(😀)\1`, `(?i)😀`, `(?i)a😀b`,
	// Canonical equivalence.
	`(?c)a`, `(?c)[a]`, `(?c)[é]+x`, `(?c)[^b]`, `(?c)\p{L}`, `(?c)\P{L}{2}`, `(?<=(?c)[a])b`, `(?<=(?c)[a]*)b`, `(?<=(?c)[a]{1,2})b`, `(?c-c)[é]`, `(?c:[é])x`, `(?ci)[É]`, `(?c)[😀]`, `(?c)[가]`, `(?c)x\p{L}*+`, `(?c)[\uD83D]`, `(?c)(?:[é]|e)*\x{301}`, `(?c`, `(?c-`,
	// Clusters with pictographs.
	`\X`, `\X{2}`, `\X\b{g}`, `.\b{g}.`, `\b{g}©`, `\b{g}.\b{g}`, `(?:\X)+?\b{g}x`, `(?=\X)©`,
	// Halves of surrogate pairs in a text that Java searches in a way of its own.
	`\uDE00abc`, `abc\uDE00`, `\uD83Dabc`, `abc\uD83D`, `a\uDE00bc`, `\x{DE00}abc`, `😀abc`, `abc😀`, `abcd`, `\uDE00ab`, `(?:\uDE00abc)`, `\uDE00abcd*`, `(?i)\uDE00abc`, `.?\uDE00abc`, `^\uDE00abc`,
	// Names of characters without one of their own.
	`\N{HANGUL SYLLABLES AC00}`, `\N{HANGULSYLLABLES AC00}`, `\N{HANGUL_SYLLABLES AC00}`, `\N{hangul syllables ac00}`, `\N{HANGUL SYLLABLES 0AC00}`, `\N{CJKUNIFIEDIDEOGRAPHS 4E00}`, `\N{CJK UNIFIED IDEOGRAPHS 4E00}`, `\N{PRIVATEUSEAREA E000}`, `\N{PRIVATE USE AREA E000}`,
	`\N{HIGH SURROGATES D800}`, `\N{HIGHSURROGATES D800}`, `\N{SUPPLEMENTARY PRIVATE USE AREA A F0000}`, `\N{SUPPLEMENTARY PRIVATE USE AREA-A F0000}`, `\N{LATIN-1 SUPPLEMENT 84}`, `\N{TANGUT 17000}`,
	// Lengths that overflow.
	`😀{1073741824}😀{1073741824}`, `[^a]{1073741824}[^a]{1073741824}b?`, `^a{1073741824}a{1073741824}`, `abcd(?:a{1073741824}a{1073741824})?`, `abcda{1073741824}|x`, `\uD83D?a{1431655765}b{1431655765}`, `^(?:a{2147483647}b{3})?`,
	// Spaces and comments.
	`(?x)`, `(?x)a b`, `(?x)a\ b`, `(?x)a #b`, "(?x)a #b\nc", "(?xd)a #b\rc", "(?x)a #\u0085b", `(?x)a +`, `(?x)a+ +`, `(?x)a{1 }`, `(?x)( ?:a)`, `(?x)(? :a)`, `(?x)\u0 061`, `(?x)(?-x) a`, `(?x)(?<n m>a)`, `(?x #`, `(?x)\Qa b\E`, `(?x:a )b `,
}

// overflowing are look-behinds of a length that overflows, so that Java looks far beyond
// the end. Others like these keep a JVM busy for minutes.
var overflowing = []string{
	`(?<=(?m:^)|a{2147483647,}a{3,})`, `(?<=(?md:^)|a{2147483647,}a{3,})`, `(?<=\b|a{2147483647,}a{3,})`, `(?<=(?U:\b)|a{2147483647,}a{3,})`, `(?<=(?<!😀b)|a{2147483647,}a{3,})`, `(?<=(?:$|b)\b|a{2147483647,}a{3,})`,
	`(?<=a{1073741824}a{1073741824})`, `(?<=(?:ab){1073741824})b`, `(?<=a{2147483647}b?)c`,
}
