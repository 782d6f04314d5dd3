// Greets a TLS server as a Java program does that configures nothing but trust.

import java.net.InetAddress;
import java.net.Socket;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;

public class Greet {
    public static void main(String[] args) throws Exception {
        TrustManager everybody = new X509TrustManager() {
            public void checkClientTrusted(java.security.cert.X509Certificate[] chain, String kind) {}
            public void checkServerTrusted(java.security.cert.X509Certificate[] chain, String kind) {}
            public java.security.cert.X509Certificate[] getAcceptedIssuers() { return new java.security.cert.X509Certificate[0]; }
        };
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, new TrustManager[] {everybody}, null);
        int port = Integer.parseInt(args[0]);
        Socket plain = new Socket(InetAddress.getByName("127.0.0.1"), port);
        SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket(plain, args[1], port, true);
        javax.net.ssl.SSLParameters parameters = socket.getSSLParameters();
        parameters.setServerNames(java.util.List.of(new javax.net.ssl.SNIHostName("app.test")));
        socket.setSSLParameters(parameters);
        socket.startHandshake();
        socket.close();
    }
}
