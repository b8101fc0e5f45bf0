package io.belfry.gateway;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.concurrent.TimeUnit;

/// A certificate for this machine that nobody vouches for, and its key, as files that are replaced like a renewed
/// one's.
record Certificates(Path certificate, Path key) {
    private static final String PASSWORD = "only for tests";

    static Certificates in(Path directory) {
        return new Certificates(directory.resolve("tls.crt"), directory.resolve("tls.key"));
    }

    /// Makes a new pair, and puts it in the place of the former.
    ///
    /// @return the certificate's serial number
    String renew() throws IOException, GeneralSecurityException, InterruptedException {
        Path store = Files.createTempFile(key.getParent(), "pair", ".p12");
        Files.delete(store);
        Process keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-alias",
                        "belfry",
                        "-keyalg",
                        "EC",
                        "-dname",
                        "CN=localhost",
                        "-ext",
                        "san=ip:127.0.0.1,dns:localhost",
                        "-validity",
                        "2",
                        "-storetype",
                        "PKCS12",
                        "-storepass",
                        PASSWORD,
                        "-keystore",
                        store.toString())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        if (!keytool.waitFor(60, TimeUnit.SECONDS) || keytool.exitValue() != 0) {
            throw new IllegalStateException("keytool made no certificate");
        }
        KeyStore pair = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(store)) {
            pair.load(in, PASSWORD.toCharArray());
        }
        X509Certificate made = (X509Certificate) pair.getCertificate("belfry");
        replace(
                key,
                pem("PRIVATE KEY", pair.getKey("belfry", PASSWORD.toCharArray()).getEncoded()));
        replace(certificate, pem("CERTIFICATE", made.getEncoded()));
        return made.getSerialNumber().toString();
    }

    private static String pem(String kind, byte[] bytes) {
        return "-----BEGIN " + kind + "-----\n"
                + Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII))
                        .encodeToString(bytes)
                + "\n-----END " + kind + "-----\n";
    }

    private static void replace(Path file, String text) throws IOException {
        Path written = Files.writeString(file.resolveSibling(file.getFileName() + ".new"), text);
        Files.move(written, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    }
}
