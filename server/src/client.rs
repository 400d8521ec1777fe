//! Who is asking. A proxy says so in `X-Forwarded-For`, and is believed only when it was declared.

use std::net::{IpAddr, SocketAddr};

use axum::{
    extract::{ConnectInfo, Request, State},
    http::HeaderMap,
    middleware::Next,
    response::Response,
};

use crate::{layers::Settings, settings::Network};

/// What is known about the one who asks, put into the request's extensions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Client {
    /// The address of the browser, as far as declared proxies tell it.
    pub address: IpAddr,
    /// Whether the browser's own connection is https.
    pub https: bool,
    /// Whether somebody undeclared claims to forward for another.
    pub doubtful: bool,
}

/// Finds the client of a request that came from `peer`.
///
/// The last address of `X-Forwarded-For` that is not one of our proxies is the client; what stands before it was
/// written by the client and is worth nothing.
pub fn find(peer: IpAddr, headers: &HeaderMap, proxies: &[Network], tls: bool) -> Client {
    let peer = peer.to_canonical();
    let trusted = |address: IpAddr| proxies.iter().any(|network| network.contains(address));
    let forwarded = headers.contains_key("x-forwarded-for") || headers.contains_key("forwarded");
    if !trusted(peer) {
        return Client { address: peer, https: tls, doubtful: forwarded };
    }
    let mut address = peer;
    let values: Vec<&str> = headers.get_all("x-forwarded-for").iter().filter_map(|value| value.to_str().ok()).collect();
    for hop in values.join(",").rsplit(',') {
        let Ok(hop) = hop.trim().parse::<IpAddr>() else { break };
        address = hop.to_canonical();
        if !trusted(address) {
            break;
        }
    }
    let proto = headers.get("x-forwarded-proto").and_then(|value| value.to_str().ok());
    Client { address, https: tls || proto.is_some_and(|proto| proto.eq_ignore_ascii_case("https")), doubtful: false }
}

/// Puts [`Client`] into the request and lets [`ConnectInfo`] name the client instead of the proxy.
pub async fn layer(State(settings): State<Settings>, mut request: Request, next: Next) -> Response {
    if let Some(ConnectInfo(peer)) = request.extensions().get::<ConnectInfo<SocketAddr>>().copied() {
        let client = find(peer.ip(), request.headers(), &settings.trusted_proxies, settings.tls);
        if client.address != peer.ip() {
            request.extensions_mut().insert(ConnectInfo(SocketAddr::new(client.address, 0)));
        }
        request.extensions_mut().insert(client);
    }
    next.run(request).await
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client_of(peer: &str, forwarded_for: &str) -> Client {
        let mut headers = HeaderMap::new();
        headers.insert("x-forwarded-for", forwarded_for.parse().unwrap());
        headers.insert("x-forwarded-proto", "https".parse().unwrap());
        find(peer.parse().unwrap(), &headers, &["10.0.0.0/8".parse().unwrap()], false)
    }

    #[test]
    fn only_a_declared_proxy_is_believed() {
        let believed = client_of("10.0.0.1", "1.1.1.1, 203.0.113.9, 10.0.0.2");
        assert_eq!((believed.address.to_string(), believed.https), ("203.0.113.9".to_owned(), true));
        let ignored = client_of("198.51.100.4", "1.1.1.1");
        assert_eq!((ignored.address.to_string(), ignored.https), ("198.51.100.4".to_owned(), false));
        assert!(ignored.doubtful);
    }

    #[test]
    fn nonsense_from_a_proxy_leaves_the_last_good_address() {
        assert_eq!(client_of("10.0.0.1", "1.1.1.1, unknown").address.to_string(), "10.0.0.1");
    }
}
