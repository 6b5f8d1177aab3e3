/*
 * httpd - each peer reads a head, writes an answer, and starts over.
 *
 * A connection is kept if both sides keep it.  Bytes after a head, a body or
 * an early next request, end it after the answer.  Each step (the first byte,
 * the rest of the head, the answer, the pause behind it) sets the timer once,
 * so that bytes that come one by one do not buy time; an answer that is being
 * read does.
 */
#include "lib/net/httpd.h"
#include "lib/base/fd.h"
#include "lib/base/whole.h"
#include "lib/net/listen.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define BACKLOG      64
#define ACCEPT_BATCH 16 /* then peers have their turn */

struct httpd_peer {
	struct httpd *server;
	struct guest guest;
	struct loop_fd watch;
	struct loop_timer timer;
	char room[HTTPD_HEAD_BYTES_MAX];
	struct buf in; /* in room */
	struct buf out;
	size_t sent;
	bool is_kept;
	unsigned int minor; /* of the version: HTTP/1.0 is answered so */
};

/* ------------------------------------------------------------------- peers */

static void peer_end(struct httpd_peer *p)
{
	struct httpd *h = p->server;

	guests_remove(&h->peers, &p->guest);
	loop_timer_clear(h->loop, &p->timer);
	loop_fd_remove(h->loop, &p->watch);
	fd_close(&p->watch.fd);
	buf_free(&p->out);
	free(p);
}

static void put_head(struct httpd_peer *p, const struct httpd_answer *a)
{
	struct buf *out = &p->out;

	http_put_status(out, p->minor, a->status);
	if (a->content_type != NULL)
		http_put_field(out, "Content-Type", str_of(a->content_type));
	http_put_field(out, "X-Content-Type-Options", STR("nosniff"));
	buf_str(out, buf_view(a->fields));
	http_put_date(out, (int64_t)time(NULL));
	http_put_number(out, "Content-Length", a->body->n);
	/* said only where it is not the version's default */
	if (!p->is_kept && p->minor > 0)
		http_put_field(out, "Connection", STR("close"));
	if (p->is_kept && p->minor == 0)
		http_put_field(out, "Connection", STR("keep-alive"));
	http_put_end(out);
}

/* The words of Go's http package, which health checkers may know. */
static void put_default(struct httpd_answer *a)
{
	a->status = 404;
	a->content_type = "text/plain; charset=utf-8";
	buf_text(a->body, "404 page not found\n");
}

static void write_answer(struct httpd_peer *p, const struct http_request *r)
{
	struct httpd *h = p->server;
	struct buf fields = buf_growing(HTTPD_HEAD_BYTES_MAX);
	struct buf body = buf_growing(HTTPD_ANSWER_BYTES_MAX);
	struct httpd_answer a = {.fields = &fields, .body = &body};

	if (r == NULL) {
		a.status = 400;
		a.content_type = "text/plain; charset=utf-8";
		buf_text(&body, "400 Bad Request");
	} else {
		h->answer(h->context, r, &a);
		if (a.status == 0)
			put_default(&a);
	}
	put_head(p, &a);
	whole_pass(&fields, &p->out);
	whole_pass(&body, &p->out);
	if (r == NULL || !str_is(r->method, "HEAD"))
		buf_str(&p->out, buf_view(&body));
	buf_free(&fields);
	buf_free(&body);
}

static void peer_expect(struct httpd_peer *p, uint64_t within_ms)
{
	loop_timer_set(p->server->loop, &p->timer, within_ms);
}

static void peer_write(struct httpd_peer *p)
{
	p->guest.rank = GUEST_IDLE; /* leaves after those that only wait */
	peer_expect(p, HTTPD_IDLE_MS);
	while (p->sent < p->out.n) {
		ssize_t n = send(p->watch.fd, p->out.p + p->sent,
			p->out.n - p->sent, MSG_NOSIGNAL);

		if (n < 0 && errno == EAGAIN) {
			loop_fd_change(p->server->loop, &p->watch, EPOLLOUT);
			return;
		}
		if (n < 0 && errno != EINTR) {
			peer_end(p);
			return;
		}
		p->sent += n > 0 ? (size_t)n : 0;
	}
	if (!p->is_kept) {
		shutdown(p->watch.fd, SHUT_WR);
		peer_end(p);
		return;
	}
	buf_free(&p->out);
	p->out = buf_growing(HTTPD_ANSWER_BYTES_MAX + HTTPD_HEAD_BYTES_MAX);
	p->guest.rank = GUEST_UNKNOWN;
	loop_fd_change(p->server->loop, &p->watch, EPOLLIN);
}

/* A head of `length` bytes is there; -1: it is none. */
static void take_request(struct httpd_peer *p, int is_whole, size_t length)
{
	struct http_request r;
	struct str head = str_sub(buf_view(&p->in), 0, length);
	bool is_good = is_whole > 0 && http_request_parse(head, &r, NULL) == 0;

	buf_reset(&p->out);
	p->sent = 0;
	p->minor = is_good ? r.head.minor : 1;
	p->is_kept = is_good && r.head.is_kept &&
		     r.head.framing == HTTP_NO_BODY && length == p->in.n;
	write_answer(p, is_good ? &r : NULL);
	buf_reset(&p->in);
	if (p->out.full)
		peer_end(p);
	else
		peer_write(p);
}

/* Answer what was read whole already, else wait for more. */
static void peer_look(struct httpd_peer *p)
{
	size_t length = 0;
	int is_whole = http_head_length(buf_view(&p->in), &length, NULL);

	if (is_whole != 0 || p->in.n == p->in.cap)
		take_request(p, is_whole, length);
	else
		loop_fd_change(p->server->loop, &p->watch, EPOLLIN);
}

static void peer_read(struct httpd_peer *p)
{
	ssize_t n =
		recv(p->watch.fd, p->in.p + p->in.n, p->in.cap - p->in.n, 0);

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0) {
		peer_end(p);
		return;
	}
	if (p->in.n == 0)
		peer_expect(p, HTTPD_HEAD_MS);
	p->in.n += (size_t)n;
	peer_look(p);
}

static void on_peer(void *context, uint32_t events)
{
	struct httpd_peer *p = context;

	(void)events;
	if (p->sent < p->out.n)
		peer_write(p);
	else
		peer_read(p);
}

static void on_idle(void *context)
{
	peer_end(context);
}

static void peer_begin(
	struct httpd *h, int fd, const struct sockaddr_storage *from)
{
	struct httpd_peer *p = calloc(1, sizeof(*p));

	if (p == NULL) {
		fd_close(&fd);
		return;
	}
	p->server = h;
	p->guest.owner = p;
	p->in = buf_fixed(p->room, sizeof(p->room));
	p->out = buf_growing(HTTPD_ANSWER_BYTES_MAX + HTTPD_HEAD_BYTES_MAX);
	p->watch = (struct loop_fd){
		.fd = fd, .events = EPOLLIN, .ready = on_peer, .context = p};
	p->timer = (struct loop_timer){.expired = on_idle, .context = p};
	if (loop_fd_add(h->loop, &p->watch, NULL) < 0) {
		fd_close(&fd);
		free(p);
		return;
	}
	guests_add(&h->peers, &p->guest, from);
	peer_expect(p, HTTPD_FIRST_BYTE_MS);
}

/* ------------------------------------------------------------------ server */

/* Somebody can always leave: no peer is GUEST_BUSY. */
static void take_connection(
	struct httpd *h, int fd, const struct sockaddr_storage *from)
{
	struct guest *leaver = guests_leaver(&h->peers, from);

	if (leaver != NULL)
		peer_end(leaver->owner);
	peer_begin(h, fd, from);
}

static void on_connection(void *context, uint32_t events)
{
	struct httpd *h = context;

	(void)events;
	for (int i = 0; i < ACCEPT_BATCH; i++) {
		struct sockaddr_storage from = {.ss_family = AF_UNSPEC};
		socklen_t n = sizeof(from);
		int fd = accept4(h->watch.fd, (struct sockaddr *)&from, &n,
			SOCK_NONBLOCK | SOCK_CLOEXEC);

		if (fd < 0)
			return;
		take_connection(h, fd, &from);
	}
}

int httpd_start(struct httpd *h, int listener, struct err *e)
{
	h->peers =
		(struct guests){.max = HTTPD_PEERS_MAX, .share = HTTPD_SHARE};
	h->watch = (struct loop_fd){.fd = listener,
		.events = EPOLLIN,
		.ready = on_connection,
		.context = h};
	if (loop_fd_add(h->loop, &h->watch, e) < 0) {
		fd_close(&h->watch.fd);
		return -1;
	}
	return 0;
}

int httpd_listen(struct httpd *h, const void *address, size_t address_bytes,
	uint16_t port, struct err *e)
{
	const struct listen_options o = {.address = address,
		.address_bytes = address_bytes,
		.port = port,
		.is_v6_only = h->is_v6_only,
		.backlog = BACKLOG,
		.patience_ms = h->patience_ms};
	int fd = -1;

	h->watch = (struct loop_fd){.fd = -1};
	if (listen_open(&o, &fd, e) < 0)
		return -1;
	return httpd_start(h, fd, e);
}

void httpd_close(struct httpd *h)
{
	if (h->loop == NULL || h->watch.fd <= 0)
		return;
	while (h->peers.oldest != NULL)
		peer_end(h->peers.oldest->owner);
	loop_fd_remove(h->loop, &h->watch);
	fd_close(&h->watch.fd);
}
