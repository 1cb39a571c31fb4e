import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * Answers for java.util.regex.Pattern. A line of standard input is a pattern and
 * inputs, parted by tabs, each written as UTF-16 units in hexadecimal, four digits
 * a unit. A line of standard output is its answer, parted by tabs:
 *
 * ok, then for each input "matches,start,end" of Matcher.matches() and the first
 * find(), start -1 if there is none, or "!Name" if the JVM threw that;
 * or: error, index, description.
 */
public class Oracle {
    public static void main(String[] args) throws Exception {
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
        PrintStream out = new PrintStream(System.out, false, StandardCharsets.UTF_8);
        watch(Thread.currentThread());
        for (String line; (line = in.readLine()) != null; ) {
            String[] fields = line.split("\t", -1);
            StringBuilder answer = new StringBuilder();
            began = System.currentTimeMillis();
            try {
                Pattern pattern = Pattern.compile(text(fields[0]));
                answer.append("ok");
                for (int i = 1; i < fields.length; i++) answer.append('\t').append(match(pattern, text(fields[i])));
            } catch (PatternSyntaxException e) {
                answer.append("error\t").append(e.getIndex()).append('\t').append(escape(e.getDescription()));
            } catch (Throwable e) {
                answer.append("error\t-1\t").append(escape(e.getClass().getSimpleName() + ": " + e.getMessage()));
            }
            began = 0;
            out.print(answer.append('\n'));
            if (!in.ready()) out.flush();
        }
        out.flush();
    }

    /** A text that can be read only so often, for Java's search knows no limit. */
    static class Limited implements CharSequence {
        final String text;
        int left = 2_000_000;

        Limited(String text) { this.text = text; }

        public char charAt(int i) {
            if (--left < 0) throw new Slow();
            return text.charAt(i);
        }

        public int length() { return text.length(); }

        public CharSequence subSequence(int start, int end) { return text.subSequence(start, end); }

        public String toString() { return text; }
    }

    static class Slow extends RuntimeException {}

    /** When the present case began, 0 between cases. */
    static volatile long began;

    /** Ends cases that take seconds without reading the text, by a ThreadDeath. */
    @SuppressWarnings({"deprecation", "removal"})
    static void watch(Thread worker) {
        Thread watchdog = new Thread(() -> {
            while (true) {
                try { Thread.sleep(500); } catch (InterruptedException e) { return; }
                long since = began;
                if (since != 0 && System.currentTimeMillis() - since > 3000) {
                    began = 0;
                    worker.stop();
                }
            }
        });
        watchdog.setDaemon(true);
        watchdog.start();
    }

    static String match(Pattern pattern, String input) {
        began = System.currentTimeMillis();
        try {
            Matcher m = pattern.matcher(new Limited(input));
            boolean matches = m.matches();
            m.reset();
            boolean found = m.find();
            return matches + "," + (found ? m.start() : -1) + "," + (found ? m.end() : -1);
        } catch (Throwable e) {
            return "!" + e.getClass().getSimpleName();
        }
    }

    static String text(String hex) {
        char[] units = new char[hex.length() / 4];
        for (int i = 0; i < units.length; i++) units[i] = (char) Integer.parseInt(hex, 4 * i, 4 * i + 4, 16);
        return new String(units);
    }

    static String escape(String s) {
        StringBuilder b = new StringBuilder();
        for (char c : s.toCharArray()) {
            if (c == '\\' || c < 0x20 || c > 0x7e) b.append(String.format("\\u%04x", (int) c));
            else b.append(c);
        }
        return b.toString();
    }
}
