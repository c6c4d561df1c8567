//! Listening, and which threads serve a connection: those of residents, who come by the thousand when a round opens, stand in
//! no queue with those of checkpoints and the headquarters.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::runtime::Handle;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tower::ServiceExt;

use super::admission::Share;
use super::front::Front;
use super::probes::Peer;
use super::routes;
use crate::base::{App, Fault, Result};

/// How long a browser may take to send the head of a request, or stay connected without sending one.
const HEAD: Duration = Duration::from_secs(30);
/// How long nothing is accepted after the system refused a connection, for want of descriptors for instance.
const PAUSE: Duration = Duration::from_millis(100);

/// Connections that wait to be accepted. One that finds no room is tried again by its browser a second later, so a crowd that
/// comes at once fits in; the system may allow fewer.
const BACKLOG: u32 = 4096;

/// So much of a request is looked at to see whose it is: method and the beginning of the path.
const BEGINNING: usize = 32;

/// Listens on an address and port, such as `0.0.0.0:8080`.
pub async fn listen(address: &str) -> std::io::Result<TcpListener> {
    let mut failed = std::io::ErrorKind::AddrNotAvailable.into();
    for address in tokio::net::lookup_host(address).await? {
        match listen_on(address) {
            Ok(listener) => return Ok(listener),
            Err(error) => failed = error,
        }
    }
    Err(failed)
}

fn listen_on(address: SocketAddr) -> std::io::Result<TcpListener> {
    let socket = if address.is_ipv4() {
        TcpSocket::new_v4()?
    } else {
        TcpSocket::new_v6()?
    };
    // Elsewhere than on Windows, where it lets two programs share a port, so that a restart does not wait for old connections.
    socket.set_reuseaddr(cfg!(not(windows)))?;
    socket.bind(address)?;
    socket.listen(BACKLOG)
}

/// Accepts connections on the threads of staff until told to stop, and gives those that are open then. Connections of residents
/// go to the threads of the caller.
pub(super) async fn until(
    stop: impl Future<Output = ()> + Send + 'static,
    app: &App,
    front: &Arc<Front>,
    listener: TcpListener,
    staff: &Handle,
) -> Result<GracefulShutdown> {
    // Sockets belong to the threads on which they were registered.
    let listener = listener.into_std()?;
    let listener = {
        let _of_staff = staff.enter();
        TcpListener::from_std(listener)?
    };
    let (stopped, stopping) = watch::channel(());
    let door = Door {
        router: routes::router_behind(app, front),
        front: Arc::clone(front),
        residents: Handle::current(),
        stopping,
    };
    let accepting = staff.spawn(async move {
        let connections = GracefulShutdown::new();
        tokio::select! {
            () = stop => {}
            () = accept(&listener, &door, &connections) => {}
        }
        drop(stopped);
        connections
    });
    let accepted = accepting.await;
    Ok(accepted.map_err(|error| Fault::Invariant(format!("accepting connections ended: {error}")))?)
}

async fn accept(listener: &TcpListener, door: &Door, connections: &GracefulShutdown) {
    let places = Arc::new(Semaphore::new(door.front.limits.connections));
    loop {
        // The semaphore is never closed, so a place comes sooner or later.
        let place = Arc::clone(&places).acquire_owned().await.ok();
        match listener.accept().await {
            Ok((stream, peer)) => {
                // Without it the last packet of an answer may wait for an acknowledgement; a failure only costs time.
                let _ = stream.set_nodelay(true);
                let visitor = Visitor {
                    peer,
                    watcher: connections.watcher(),
                    _place: place,
                };
                tokio::spawn(door.clone().show_in(stream, visitor));
            }
            Err(error) => {
                tracing::warn!(%error, "a connection could not be accepted");
                tokio::time::sleep(PAUSE).await;
            }
        }
    }
}

/// What serving a connection takes.
#[derive(Clone)]
struct Door {
    router: axum::Router,
    front: Arc<Front>,
    residents: Handle,
    /// Changes, by its sender's end, when nothing more is accepted.
    stopping: watch::Receiver<()>,
}

/// Whose connection it is, what ends it, and its place among those that may be open.
struct Visitor {
    peer: SocketAddr,
    watcher: Watcher,
    _place: Option<OwnedSemaphorePermit>,
}

impl Door {
    /// Serves a connection where it belongs by the first thing that it asks for.
    async fn show_in(mut self, stream: TcpStream, visitor: Visitor) {
        let open = self.front.metrics.connections.clone();
        open.inc();
        let share = tokio::select! {
            share = tokio::time::timeout(HEAD, share_of(&stream)) => share.ok().flatten(),
            _ = self.stopping.changed() => None,
        };
        match share {
            Some(Share::Residents) => {
                let residents = self.residents.clone();
                // A connection that breaks off concerns nobody but its other end.
                if let Ok(stream) = stream.into_std() {
                    residents.spawn(async move {
                        if let Ok(stream) = TcpStream::from_std(stream) {
                            self.serve(stream, visitor).await;
                        }
                        open.dec();
                    });
                    return;
                }
            }
            Some(Share::Staff) => self.serve(stream, visitor).await,
            None => {}
        }
        open.dec();
    }

    async fn serve(self, stream: TcpStream, visitor: Visitor) {
        let peer = visitor.peer;
        let service = hyper::service::service_fn(move |mut request: hyper::Request<Incoming>| {
            request.extensions_mut().insert(Peer(peer));
            self.router.clone().oneshot(request)
        });
        let mut builder = http1::Builder::new();
        builder.timer(TokioTimer::new()).header_read_timeout(HEAD);
        let connection = builder.serve_connection(TokioIo::new(stream), service);
        let _ = visitor.watcher.watch(connection).await;
    }
}

/// Whose a connection is, once it has asked for something; `None` if it breaks off before.
async fn share_of(stream: &TcpStream) -> Option<Share> {
    let mut beginning = [0; BEGINNING];
    let known = stream
        .peek(&mut beginning)
        .await
        .ok()
        .filter(|known| *known > 0)?;
    let mut words = beginning[..known].split(|byte| *byte == b' ');
    let path = words.nth(1).unwrap_or_default();
    Some(Share::of(&String::from_utf8_lossy(path)))
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};
    use std::net::TcpStream as Browser;

    use super::*;
    use crate::web::admission::Limits;
    use crate::web::pages::registers::harness::town;

    fn ask(address: SocketAddr, path: &str) -> Browser {
        let mut browser = Browser::connect(address).unwrap();
        write!(
            browser,
            "GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
        )
        .unwrap();
        browser
    }

    fn answer(mut browser: Browser, within: Duration) -> String {
        let mut answer = String::new();
        browser.set_read_timeout(Some(within)).unwrap();
        let _ = browser.read_to_string(&mut answer);
        answer
    }

    /// CT-5: however many residents order, other pages do not wait for them.
    #[test]
    fn staff_do_not_stand_behind_residents() {
        let thread = || {
            let mut builder = tokio::runtime::Builder::new_multi_thread();
            builder.worker_threads(1).enable_all().build().unwrap()
        };
        let (residents, staff) = (thread(), thread());
        residents.block_on(async {
            let town = town().await;
            let front = Front::new(&town.app, Limits::default(), false);
            let listener = listen("127.0.0.1:0").await.unwrap();
            let address = listener.local_addr().unwrap();
            // The only thread of residents is busy until this is dropped.
            let (busy, until_free) = std::sync::mpsc::channel::<()>();
            tokio::spawn(async move { until_free.recv() });
            let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
            let visits = std::thread::spawn(move || {
                let resident = ask(address, "/o/nobody");
                let early = answer(resident.try_clone().unwrap(), Duration::from_millis(200));
                let health = answer(ask(address, "/healthz"), Duration::from_secs(20));
                drop(busy);
                let late = answer(resident, Duration::from_secs(20));
                let silent = Browser::connect(address).unwrap();
                stop.send(()).unwrap();
                (early, health, late, silent)
            });
            let stopped = async { stopped.await.unwrap() };
            let connections = until(stopped, &town.app, &front, listener, staff.handle()).await;
            let (early, health, late, silent) = visits.join().unwrap();
            assert_eq!(early, "");
            assert!(health.starts_with("HTTP/1.1 200"), "{health}");
            assert!(late.starts_with("HTTP/1.1 404"), "{late}");
            // Whoever has asked for nothing does not hold up the end.
            let ended = tokio::time::timeout(Duration::from_secs(20), connections.unwrap().shutdown());
            ended.await.unwrap();
            drop(silent);
        });
        staff.shutdown_background();
    }
}
