import java.util.Collections;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/** Reads every member of a zip; `javac --release 8 Ouvrir.java` made the class, since a JRE has no compiler. */
class Ouvrir {
    public static void main(String[] arguments) throws Exception {
        byte[] bloc = new byte[8192];
        try (ZipFile zip = new ZipFile(arguments[0])) {
            for (ZipEntry membre : Collections.list(zip.entries())) {
                long lus = 0;
                try (java.io.InputStream flux = zip.getInputStream(membre)) {
                    for (int n = flux.read(bloc); n >= 0; n = flux.read(bloc)) lus += n;
                }
                System.out.println(membre.getName() + " " + lus + " " + membre.getSize());
            }
        }
    }
}
