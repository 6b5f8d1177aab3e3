/*
 * httpd - a small plain-HTTP server on the loop: health checks and metrics.
 *
 * Requests are answered from memory by one function; bodies of requests are
 * not read (the connection ends after the answer then).  Connections are few
 * and short.  With HTTPD_PEERS_MAX of them, or HTTPD_SHARE of one source, a new
 * one takes the place of the oldest (guests.h): silent peers cannot shut out a
 * probe.  Each step of a peer has a deadline.
 */
#ifndef KEELSON_NET_HTTPD_H
#define KEELSON_NET_HTTPD_H

#include "lib/net/guests.h"
#include "lib/net/http.h"
#include "lib/net/loop.h"

#define HTTPD_PEERS_MAX        64
#define HTTPD_SHARE            16
#define HTTPD_FIRST_BYTE_MS    3000  /* until the first byte has come */
#define HTTPD_HEAD_MS          5000  /* from there to the end of the head */
#define HTTPD_IDLE_MS          10000 /* between requests; unread answers */
#define HTTPD_HEAD_BYTES_MAX   4096
#define HTTPD_ANSWER_BYTES_MAX (1u << 20)

/* Filled by the answering function; 404 with Go's words before. */
struct httpd_answer {
	unsigned int status;
	const char *content_type; /* NULL: none */
	struct buf *fields;       /* more fields, by http_put_field() */
	struct buf *body;
};

struct httpd_peer;

struct httpd {
	/* the owner's, set before httpd_listen() */
	struct loop *loop;
	void (*answer)(void *context, const struct http_request *r,
		struct httpd_answer *a);
	void *context;
	unsigned int patience_ms; /* how long a busy port is waited for */
	bool is_v6_only;          /* an IPv6 address takes no IPv4 */

	/* inside */
	struct loop_fd watch;
	struct guests peers;
};

/*
 * Listen at an address of 4 or 16 bytes (network order).  All zeros of 16
 * take IPv4, too, unless is_v6_only.  0 or -1.
 */
int httpd_listen(struct httpd *h, const void *address, size_t address_bytes,
	uint16_t port, struct err *e);

/* The same with a socket that listens already; it is taken, even on -1. */
int httpd_start(struct httpd *h, int listener, struct err *e);

/* End all connections and stop listening; harmless when it never began. */
void httpd_close(struct httpd *h);

#endif
