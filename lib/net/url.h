/*
 * url - the few URLs that configuration holds: https://host[:port][/path], and
 * those that web servers send.
 *
 * Refused, in words: other schemes, user names, empty hosts, ports outside
 * 1..65535, IPv6 addresses without brackets, and any byte that may not stand
 * in a request line; in configuration also queries and fragments.
 */
#ifndef KEELSON_NET_URL_H
#define KEELSON_NET_URL_H

#include "lib/base/err.h"
#include "lib/base/str.h"

#define URL_HOST_BYTES    254 /* a DNS name and its NUL (RFC 1035 2.3.4) */
#define URL_PATH_BYTES    256
#define URL_ADDRESS_BYTES 16

struct url {
	char host[URL_HOST_BYTES]; /* without brackets */
	char path[URL_PATH_BYTES]; /* without final slashes: "" or "/a/b" */
	uint16_t port;
	/* the host as an address in network order, when it is one */
	unsigned char address[URL_ADDRESS_BYTES];
	size_t address_bytes; /* 0 (a name), 4 or 16 */
};

/* Read an https URL; port 443 when none is given. 0 or -1 (ERR_INPUT). */
int url_parse(struct str text, struct url *out, struct err *e);

/* A URL as a Location field or a challenge has it. */
struct url_web {
	struct url server; /* its path is empty */
	bool is_plain;     /* http, not https */
	/* path and query, a view of the text; "/" where it has neither */
	struct str target;
};

/*
 * Read an http or https URL; a fragment is left out.  Port 80 or 443 when none
 * is given. 0 or -1 (ERR_INPUT).
 */
int url_parse_web(struct str text, struct url_web *out, struct err *e);

/* Do both name the same server, by scheme, host and port? */
bool url_same_server(const struct url_web *a, const struct url_web *b);

/* "host:port", with brackets where the host needs them: for Host fields. */
const char *url_authority(const struct url *u, char *out, size_t size);
#define URL_AUTHORITY_BYTES (URL_HOST_BYTES + 9)

#endif
