import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.IntPredicate;
import java.util.function.IntUnaryOperator;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * Writes unicode.txt: which code points each of the JVM's character classes holds,
 * by asking it for all of them, and how it changes case. Lines:
 *
 * set N GAP LEN GAP LEN ...  a set: after GAP code points that are not in it, LEN+1 that are; base 36
 * p NAME A B C D             \p{NAME}: its set as it is, with (?i), (?U), (?iU); "b" before it: for the BMP only; "-": unknown
 * is NAME A B C D            \p{IsNAME}, not a script; NAME in capitals
 * script NAME A; block NAME FIRST LAST; esc LETTER A B (\w and so on as they are, with (?U)); cluster TYPE A
 * break ...                  for each pair of cluster types 1 if there is a boundary between them
 * upper, lower GAP LEN DELTA ...  after GAP code points, LEN+1 that change by DELTA
 */
public class Tables {
    static final Map<String, Integer> sets = new LinkedHashMap<>();
    static final StringBuilder out = new StringBuilder();

    public static void main(String[] args) throws Exception {
        String properties = "all ASCII Alnum Alpha Blank Cntrl Digit Graph Lower Print Punct Space Upper XDigit LC LD L1 L M N P S Z C Lu Ll Lt Lm Lo Mn Me Mc Nd Nl No"
            + " Zs Zl Zp Cc Cf Co Cs Cn Pd Ps Pe Pc Po Sm Sc Sk So Pi Pf LD L1 javaLowerCase javaUpperCase javaAlphabetic javaIdeographic javaTitleCase javaDigit javaDefined"
            + " javaLetter javaLetterOrDigit javaJavaIdentifierStart javaJavaIdentifierPart javaUnicodeIdentifierStart javaUnicodeIdentifierPart javaIdentifierIgnorable"
            + " javaSpaceChar javaWhitespace javaISOControl javaMirrored javaSurrogate javaValidCodePoint javaBmpCodePoint javaSupplementaryCodePoint javaSpace javaJavaLetter"
            + " javaJavaLetterOrDigit javaEmoji Word ASSIGNED LANA Cased Any";
        String posix = "Alpha Lower Upper Space Punct XDigit Alnum Cntrl Digit Blank Graph Print ASCII Word";
        TreeSet<String> names = new TreeSet<>();
        for (String s : properties.split(" ")) names.add(s);
        for (String s : posix.split(" ")) { names.add(s); names.add(s.toUpperCase(Locale.ROOT)); names.add(s.toLowerCase(Locale.ROOT)); }
        for (String s : names) line("p " + s, s, true);
        TreeSet<String> binary = new TreeSet<>();
        for (String s : ("ALPHABETIC LETTER IDEOGRAPHIC LOWERCASE UPPERCASE TITLECASE WHITE_SPACE WHITESPACE CONTROL PUNCTUATION HEX_DIGIT HEXDIGIT ASSIGNED"
            + " NONCHARACTER_CODE_POINT NONCHARACTERCODEPOINT DIGIT JOIN_CONTROL JOINCONTROL ALNUM BLANK GRAPH PRINT WORD ALPHA LOWER UPPER SPACE PUNCT XDIGIT CNTRL"
            + " EMOJI EMOJI_PRESENTATION EXTENDED_PICTOGRAPHIC CASED DASH ANY").split(" ")) binary.add(s);
        for (String s : binary) {
            line("is " + s, "Is" + s, false);
            if (known("Is" + s) != known("Is" + s.toLowerCase(Locale.ROOT))) System.err.println("case matters in Is" + s);
        }

        Field scripts = Character.UnicodeScript.class.getDeclaredField("aliases");
        scripts.setAccessible(true);
        TreeMap<String, Character.UnicodeScript> byName = new TreeMap<>((Map<String, Character.UnicodeScript>) scripts.get(null));
        for (Character.UnicodeScript s : Character.UnicodeScript.values()) byName.put(s.name(), s);
        byName.forEach((name, s) -> out.append("script " + name + " " + set(c -> Character.UnicodeScript.of(c) == s) + "\n"));

        Field blocks = Character.UnicodeBlock.class.getDeclaredField("map");
        blocks.setAccessible(true);
        Map<Character.UnicodeBlock, int[]> ranges = new HashMap<>();
        for (int c = 0; c <= Character.MAX_CODE_POINT; c++) {
            Character.UnicodeBlock b = Character.UnicodeBlock.of(c);
            if (b == null) continue;
            int at = c;
            int[] r = ranges.computeIfAbsent(b, k -> new int[]{at, at - 1});
            if (r[1] != c - 1) System.err.println("not one range: " + b);
            r[1] = c;
        }
        new TreeMap<>((Map<String, Character.UnicodeBlock>) blocks.get(null)).forEach((name, b) -> {
            int[] r = ranges.getOrDefault(b, new int[]{1, 0});
            out.append("block " + name.replace(' ', '~') + " " + Integer.toString(r[0], 36) + " " + Integer.toString(r[1], 36) + "\n");
        });

        for (String e : "dswhv".split("")) {
            out.append("esc " + e + " " + id(Pattern.compile("\\" + e)) + " " + id(Pattern.compile("(?U)\\" + e)) + "\n");
        }

        Class<?> grapheme = Class.forName("java.util.regex.Grapheme");
        Method type = grapheme.getDeclaredMethod("getType", int.class);
        type.setAccessible(true);
        Field rules = grapheme.getDeclaredField("rules");
        rules.setAccessible(true);
        int[] types = new int[Character.MAX_CODE_POINT + 1];
        for (int c = 0; c < types.length; c++) types[c] = (Integer) type.invoke(null, c);
        boolean[][] matrix = (boolean[][]) rules.get(null);
        for (int t = 0; t < matrix.length; t++) {
            int want = t;
            out.append("cluster " + t + " " + set(c -> types[c] == want) + "\n");
        }
        out.append("break");
        for (boolean[] row : matrix) {
            out.append(' ');
            for (boolean b : row) out.append(b ? '1' : '0');
        }
        out.append('\n');
        System.err.println("clusters: RI is " + types[0x1F1E6] + ", ZWJ " + types[0x200D] + ", pictographic " + types[0x1F600] + ", extend " + types[0x300]);

        change("upper", Character::toUpperCase);
        change("lower", Character::toLowerCase);

        StringBuilder all = new StringBuilder();
        sets.forEach((runs, n) -> all.append("set " + n + runs + "\n"));
        System.out.print(all.append(out));
    }

    static boolean known(String name) {
        try { Pattern.compile("\\p{" + name + "}"); return true; } catch (PatternSyntaxException e) { return false; }
    }

    static void line(String head, String name, boolean unicode) throws Exception {
        StringBuilder b = new StringBuilder(head);
        boolean any = false;
        for (String flags : new String[]{"", "(?i)", "(?U)", "(?iU)"}) {
            b.append(' ');
            try {
                b.append(id(Pattern.compile(flags + "\\p{" + name + "}")));
                any = true;
            } catch (PatternSyntaxException e) {
                b.append('-');
            }
        }
        if (any) out.append(b).append('\n');
        else System.err.println("unknown: " + name);
    }

    static String id(Pattern p) throws Exception {
        Field root = Pattern.class.getDeclaredField("matchRoot");
        root.setAccessible(true);
        Object node = root.get(p);
        Field f = node.getClass().getDeclaredFields().length > 0 ? node.getClass().getDeclaredField("predicate") : node.getClass().getSuperclass().getDeclaredField("predicate");
        f.setAccessible(true);
        Object predicate = f.get(node);
        Method is = Class.forName("java.util.regex.Pattern$CharPredicate").getMethod("is", int.class);
        is.setAccessible(true);
        boolean bmp = node.getClass().getSimpleName().equals("BmpCharProperty");
        return (bmp ? "b" : "") + set(c -> {
            try { return (Boolean) is.invoke(predicate, c); } catch (ReflectiveOperationException e) { throw new RuntimeException(e); }
        });
    }

    static int set(IntPredicate in) {
        StringBuilder b = new StringBuilder();
        int end = 0;
        for (int c = 0; c <= Character.MAX_CODE_POINT; c++) {
            if (!in.test(c)) continue;
            int from = c;
            while (c <= Character.MAX_CODE_POINT && in.test(c)) c++;
            b.append(' ').append(Integer.toString(from - end, 36)).append(' ').append(Integer.toString(c - 1 - from, 36));
            end = c;
        }
        return sets.computeIfAbsent(b.toString(), k -> sets.size());
    }

    static void change(String name, IntUnaryOperator to) {
        out.append(name);
        int end = 0;
        for (int c = 0; c <= Character.MAX_CODE_POINT; c++) {
            int delta = to.applyAsInt(c) - c;
            if (delta == 0) continue;
            int from = c;
            while (c + 1 <= Character.MAX_CODE_POINT && to.applyAsInt(c + 1) - (c + 1) == delta) c++;
            out.append(' ').append(Integer.toString(from - end, 36)).append(' ').append(Integer.toString(c - from, 36)).append(' ').append(Integer.toString(delta, 36));
            end = c + 1;
        }
        out.append('\n');
    }
}
