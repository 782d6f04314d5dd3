// A small https server on OpenJDK, with every protocol and suite enabled that
// it still knows: SSLv3, EXPORT, anonymous, RC4, DES, 3DES, NULL.
//
// Arguments: port, certificate file (PEM), key file (PEM, PKCS #8),
// protocols (comma separated, or "all"), suites (comma separated, or "all").

import java.io.*;
import java.net.*;
import java.nio.charset.StandardCharsets;
import java.nio.file.*;
import java.security.*;
import java.security.cert.*;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.*;
import javax.net.ssl.*;

public class Legacy {
    public static void main(String[] args) throws Exception {
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys(Path.of(args[1]), Path.of(args[2])), null, null);
        SSLServerSocket door = (SSLServerSocket) context.getServerSocketFactory()
                .createServerSocket(Integer.parseInt(args[0]), 50, InetAddress.getByName("127.0.0.1"));
        door.setEnabledProtocols(args[3].equals("all") ? door.getSupportedProtocols() : args[3].split(","));
        door.setEnabledCipherSuites(args[4].equals("all") ? door.getSupportedCipherSuites() : args[4].split(","));
        while (true) {
            Socket socket = door.accept();
            new Thread(() -> serve((SSLSocket) socket)).start();
        }
    }

    static void serve(SSLSocket socket) {
        try (socket) {
            socket.setSoTimeout(10000);
            socket.startHandshake();
            BufferedReader in = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1));
            for (String line = in.readLine(); line != null && !line.isEmpty(); line = in.readLine()) {
            }
            SSLSession session = socket.getSession();
            String body = session.getProtocol() + " " + session.getCipherSuite() + "\n";
            String head = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nConnection: close\r\nContent-Length: " + body.length() + "\r\n\r\n";
            socket.getOutputStream().write((head + body).getBytes(StandardCharsets.ISO_8859_1));
            socket.getOutputStream().flush();
        } catch (IOException e) {
            System.err.println(e);
        }
    }

    static KeyManager[] keys(Path certificates, Path key) throws Exception {
        Collection<? extends java.security.cert.Certificate> chain;
        try (InputStream in = Files.newInputStream(certificates)) {
            chain = CertificateFactory.getInstance("X.509").generateCertificates(in);
        }
        String pem = Files.readString(key).replaceAll("-----[A-Z ]+-----", "");
        PKCS8EncodedKeySpec spec = new PKCS8EncodedKeySpec(Base64.getMimeDecoder().decode(pem));
        String algorithm = chain.iterator().next().getPublicKey().getAlgorithm();
        PrivateKey secret = KeyFactory.getInstance(algorithm).generatePrivate(spec);
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setKeyEntry("leaf", secret, "lab".toCharArray(), chain.toArray(new java.security.cert.Certificate[0]));
        KeyManagerFactory factory = KeyManagerFactory.getInstance("SunX509");
        factory.init(store, "lab".toCharArray());
        return factory.getKeyManagers();
    }
}
