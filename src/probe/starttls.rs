//! SMTP up to STARTTLS (RFC 3207), only to see the certificate behind it. No mail is offered.

use std::time::Duration;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

/// Most bytes of one reply.
const REPLY_LIMIT: usize = 8 * 1024;

/// Greets the server and asks for TLS; the stream is then ready for a handshake. Nothing when the server does not offer
/// it, answers otherwise than RFC 5321 says, or takes longer than the limit.
pub async fn upgrade(mut stream: TcpStream, limit: Duration) -> Option<TcpStream> {
    let dialogue = async {
        reply(&mut stream, "220").await?;
        stream.write_all(b"EHLO [127.0.0.1]\r\n").await.ok()?;
        let offers = reply(&mut stream, "250").await?;
        let offered =
            offers.lines().any(|line| line.get(4..).is_some_and(|word| word.eq_ignore_ascii_case("STARTTLS")));
        if !offered {
            return None;
        }
        stream.write_all(b"STARTTLS\r\n").await.ok()?;
        reply(&mut stream, "220").await
    };
    tokio::time::timeout(limit, dialogue).await.ok()??;
    Some(stream)
}

/// One reply, all its lines, if it has this code (RFC 5321 4.2.1: the last line has a space after the code).
async fn reply(stream: &mut TcpStream, code: &str) -> Option<String> {
    let mut text = String::new();
    let mut line = Vec::new();
    while text.len() + line.len() < REPLY_LIMIT {
        // Byte by byte: what follows the last line belongs to TLS.
        let byte = stream.read_u8().await.ok()?;
        line.push(byte);
        if byte != b'\n' {
            continue;
        }
        let read = String::from_utf8_lossy(&line).trim_end().to_owned();
        line.clear();
        if !read.starts_with(code) {
            return None;
        }
        let is_last = read.as_bytes().get(3) != Some(&b'-');
        text.push_str(&read);
        text.push('\n');
        if is_last {
            return Some(text);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::net::TcpListener;

    /// Plays the server's part: each reply is sent after the line before it was read.
    async fn against(replies: &[&str]) -> bool {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let server = async {
            let (mut stream, _) = listener.accept().await.expect("a client");
            let mut bytes = [0_u8; 256];
            for (number, reply) in replies.iter().enumerate() {
                if number > 0 && stream.read(&mut bytes).await.unwrap_or(0) == 0 {
                    return;
                }
                if stream.write_all(reply.as_bytes()).await.is_err() {
                    return;
                }
            }
            // Waits for the client to leave.
            let _ = stream.read(&mut bytes).await;
        };
        let client = async {
            let stream = TcpStream::connect(address).await.expect("the server listens");
            upgrade(stream, Duration::from_secs(5)).await.is_some()
        };
        tokio::join!(client, server).0
    }

    #[tokio::test]
    async fn the_dialogue_of_the_specification() {
        // RFC 3207 section 5.
        let offers = "250-mail.example.com offers a warm hug of welcome\r\n250-8BITMIME\r\n250 STARTTLS\r\n";
        assert!(against(&["220 mail.example.com SMTP service ready\r\n", offers, "220 Go ahead\r\n"]).await);
        assert!(!against(&["220 ready\r\n", "250 8BITMIME\r\n"]).await, "not offered");
        assert!(!against(&["554 no\r\n"]).await, "refused at once");
        assert!(!against(&["220 ready\r\n", offers, "454 TLS not available\r\n"]).await);
    }

    #[tokio::test]
    async fn an_endless_reply_is_given_up() {
        let endless = "220-".repeat(5_000);
        assert!(!against(&[&endless]).await);
    }
}
