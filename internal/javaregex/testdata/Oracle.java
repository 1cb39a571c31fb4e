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
 *
 * A line "reads", pattern, input is answered by whether matches(), and whether find(),
 * reads the input a million times or takes 300 ms: "reads", true or false, true or false.
 */
public class Oracle {
    public static void main(String[] args) throws Exception {
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
        PrintStream out = new PrintStream(System.out, false, StandardCharsets.UTF_8);
        watch(Thread.currentThread());
        for (String line; (line = in.readLine()) != null; ) {
            String[] fields = line.split("\t", -1);
            StringBuilder answer = new StringBuilder();
            if (fields[0].equals("reads")) {
                out.println("reads\t" + slow(fields, false) + "\t" + slow(fields, true));
                if (!in.ready()) out.flush();
                continue;
            }
            Pattern[] pattern = new Pattern[1];
            Throwable thrown = watched(() -> pattern[0] = Pattern.compile(text(fields[0])));
            if (thrown instanceof PatternSyntaxException) {
                PatternSyntaxException e = (PatternSyntaxException) thrown;
                answer.append("error\t").append(e.getIndex()).append('\t').append(escape(e.getDescription()));
            } else if (thrown != null) {
                answer.append("error\t-1\t").append(escape(thrown.getClass().getSimpleName() + ": " + thrown.getMessage()));
            } else {
                answer.append("ok");
                for (int i = 1; i < fields.length; i++) answer.append('\t').append(match(pattern[0], text(fields[i])));
            }
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

    static final Object lock = new Object();

    /** When the present task began, 0 between tasks. */
    static long began;

    /** Whether the present task was told to end. */
    static boolean stopped;

    /** Ends tasks that take seconds without reading the text, by a ThreadDeath. */
    @SuppressWarnings({"deprecation", "removal"})
    static void watch(Thread worker) {
        Thread watchdog = new Thread(() -> {
            while (true) {
                try { Thread.sleep(500); } catch (InterruptedException e) { return; }
                synchronized (lock) {
                    if (began != 0 && !stopped && System.currentTimeMillis() - began > 3000) {
                        stopped = true;
                        worker.stop();
                    }
                }
            }
        });
        watchdog.setDaemon(true);
        watchdog.start();
    }

    /** Runs a task and returns what it throws. A ThreadDeath has arrived by then, or never will. */
    static Throwable watched(Runnable task) {
        Throwable thrown = null;
        synchronized (lock) { began = System.currentTimeMillis(); }
        try {
            try { task.run(); } catch (Throwable e) { thrown = e; }
            boolean waits;
            synchronized (lock) {
                began = 0;
                waits = stopped && !(thrown instanceof ThreadDeath);
            }
            if (waits) Thread.sleep(10_000); // for it, under way
        } catch (Throwable e) {
            thrown = e;
        }
        synchronized (lock) {
            began = 0;
            stopped = false;
        }
        return thrown;
    }

    /** Whether matches() or find() of a pattern takes long with an input. */
    static boolean slow(String[] fields, boolean find) {
        Limited input = new Limited(text(fields[2]));
        long start = System.nanoTime();
        watched(() -> {
            Matcher m = Pattern.compile(text(fields[1])).matcher(input);
            if (find) m.find(); else m.matches();
        });
        return input.left < 1_000_000 || System.nanoTime() - start > 300_000_000;
    }

    static String match(Pattern pattern, String input) {
        String[] answer = new String[1];
        Throwable thrown = watched(() -> {
            Matcher m = pattern.matcher(new Limited(input));
            boolean matches = m.matches();
            m.reset();
            boolean found = m.find();
            answer[0] = matches + "," + (found ? m.start() : -1) + "," + (found ? m.end() : -1);
        });
        return thrown == null ? answer[0] : "!" + thrown.getClass().getSimpleName();
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
