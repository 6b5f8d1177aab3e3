/*
 * httpd - a small plain-HTTP server on the loop: health checks and metrics.
 *
 * Requests are answered from memory by one function; bodies of requests are
 * not read (the connection ends after the answer then).  Connections are few
 * and short: more than HTTPD_PEERS_MAX at once are turned away, silent ones
 * ended after HTTPD_IDLE_MS.
 */
#ifndef KEELSON_NET_HTTPD_H
#define KEELSON_NET_HTTPD_H

#include "lib/net/http.h"
#include "lib/net/loop.h"

#define HTTPD_PEERS_MAX        32
#define HTTPD_IDLE_MS          10000
#define HTTPD_HEAD_BYTES_MAX   4096
#define HTTPD_ANSWER_BYTES_MAX (1u << 20)

/* Filled by the answering function; 404 with Go's words before. */
struct httpd_answer {
	unsigned int status;
	const char *content_type;
	struct buf *fields; /* more fields, by http_put_field() */
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

	/* inside */
	struct loop_fd watch;
	struct httpd_peer *peers;
	size_t n_peers;
};

/*
 * Listen at an address of 4 or 16 bytes (network order).  All zeros of 16
 * take IPv4, too.  0 or -1.
 */
int httpd_listen(struct httpd *h, const void *address, size_t address_bytes,
	uint16_t port, struct err *e);

/* End all connections and stop listening; harmless when it never began. */
void httpd_close(struct httpd *h);

#endif
