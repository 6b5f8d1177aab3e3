/*
 * tls - one non-blocking interface to both TLS libraries: mbedTLS serves, and
 * is the client unless the build chose the smaller BearSSL (TLS=bearssl).
 *
 * A tls_config holds what all connections of one kind share: certificates,
 * keys and trusted CAs.  A tls is one connection over a non-blocking descriptor
 * of the caller's, which the caller also closes.  Each call does as much as it
 * can without blocking and returns what it waits for; the caller polls and
 * repeats the call with the same arguments.  TLS 1.2 is the oldest version.
 *
 * A client always authenticates its server; that cannot be turned off.  A
 * server with a client CA asks for a certificate.  A client that shows none, or
 * one that is not trusted, still gets its connection; tls_peer says what is
 * wrong, so that the caller can answer 401 with a reason.
 */
#ifndef KEELSON_NET_TLS_H
#define KEELSON_NET_TLS_H

#include "lib/base/args.h"
#include "lib/base/buf.h"
#include "lib/base/err.h"
#include "lib/base/str.h"

enum tls_result {
	TLS_OK,         /* done; for read and write: at least one byte */
	TLS_WANT_READ,  /* call again when the descriptor is readable */
	TLS_WANT_WRITE, /* call again when it is writable */
	TLS_END,        /* the peer has ended the stream with close_notify */
	TLS_FAILED,     /* e says why; only tls_free() may be called then */
};

#define TLS_NAME_BYTES 256 /* of a user or group name, with its NUL */
#define TLS_GROUPS_MAX 16  /* a certificate with more is not trusted */

/* The other end, as its certificate describes it; valid until tls_free(). */
struct tls_peer {
	bool has_certificate;
	bool is_trusted;  /* chain, validity period and usage are right */
	char reason[128]; /* why it is not trusted, for the log */
	char user[TLS_NAME_BYTES]; /* subject CN; "" when there is none */
	size_t group_count;        /* subject O, in the order written */
	char group[TLS_GROUPS_MAX][TLS_NAME_BYTES];
};

/*
 * Authorities of a bundle that the library cannot use, such as one with an
 * Ed25519 key: they are left out, and the others count.
 */
struct tls_skipped {
	size_t n;
	struct err first; /* its place and name in the bundle, and why */
};

/* Views are read during the call only. PEM may hold several blocks. */
struct tls_server_options {
	struct str certificate_pem; /* the chain, end entity first */
	struct str key_pem;         /* its private key, not encrypted */
	struct str client_ca_pem;   /* empty: clients are not asked */
	bool is_tls13_only;
	/* of TLS 1.2, by IANA's names, separated by commas; empty: all */
	const struct args_list *suites;
	struct tls_skipped *skipped; /* of the client CAs; or NULL */
};

struct tls_client_options {
	struct str ca_pem;          /* trusted CAs; required */
	struct str certificate_pem; /* of this client; empty: none */
	struct str key_pem;
	/* What the server's certificate must name; set exactly one of the two.
	 */
	struct str server_name; /* a DNS name, also sent as SNI; or as below */
	struct str server_ip;   /* IPv4 or IPv6 in text, no brackets */
	struct tls_skipped *skipped; /* of the trusted CAs; or NULL */
};

/* What a self-signed server certificate is made for. */
struct tls_identity {
	const char *common_name;
	const char *const *dns; /* DNS names, ended by NULL */
	const char *const *ip;  /* addresses in text, ended by NULL */
	unsigned days;          /* of validity, beginning an hour ago */
};

struct tls_config;
struct tls;

/* Does the library have the versions and suites of o? 0 or -1 (ERR_USAGE). */
int tls_mbed_check(const struct tls_server_options *o, struct err *e);

/* Make a config. The error names the bad part and the reason. 0 or -1. */
int tls_mbed_server(const struct tls_server_options *o, struct tls_config **out,
	struct err *e);
int tls_client(const struct tls_client_options *o, struct tls_config **out,
	struct err *e);

/* The clients among which the build chooses: TLS 1.2 and 1.3, and 1.2 alone. */
int tls_mbed_client(const struct tls_client_options *o, struct tls_config **out,
	struct err *e);
int tls_bear_client(const struct tls_client_options *o, struct tls_config **out,
	struct err *e);

/*
 * Make a P-256 key and a certificate signed by itself, both appended as PEM.
 * 0 or -1.
 */
int tls_mbed_self_signed(const struct tls_identity *who,
	struct buf *certificate_pem, struct buf *key_pem, struct err *e);

/* When the first certificate in pem expires (Unix time). 0 or -1. */
int tls_mbed_expiry(struct str pem, int64_t *unix_s, struct err *e);

/* Release it; it is freed when the last connection made from it has ended. */
void tls_config_free(struct tls_config *c);

/* Make a connection over fd, which stays the caller's. 0 or -1. */
int tls_open(struct tls_config *c, int fd, struct tls **out, struct err *e);

/* Must return TLS_OK before anything else is called. */
enum tls_result tls_handshake(struct tls *t, struct err *e);

/* Read up to n bytes into p. TLS_OK: *got bytes, at least one. */
enum tls_result tls_read(
	struct tls *t, void *p, size_t n, size_t *got, struct err *e);

/* Write up to n bytes of p. TLS_OK: *put were taken, at least one. */
enum tls_result tls_write(
	struct tls *t, const void *p, size_t n, size_t *put, struct err *e);

/*
 * How many decrypted bytes wait to be read.  The descriptor does not become
 * readable for them, so read until this is 0 before polling.
 */
size_t tls_pending(const struct tls *t);

/* Send close_notify. TLS_OK or a WANT; a failure may be ignored. */
enum tls_result tls_close(struct tls *t);

/* Call it after the handshake; has_certificate says if one was shown. */
const struct tls_peer *tls_peer(const struct tls *t);

/*
 * Judge the peer's certificate again, by the clock and by the client CAs of
 * `now`, which may be newer than those of the handshake: tls_peer() changes
 * accordingly.  Costs signatures only when one of them has made a difference.
 */
void tls_recheck(struct tls *t, struct tls_config *now);

/* "TLSv1.2" or "TLSv1.3", for the log. */
const char *tls_version(const struct tls *t);

void tls_free(struct tls *t);

/*
 * For the adapters of the two libraries only.  They embed the structs below as
 * first members and fill the table.  A config counts its users: its maker, and
 * each connection.
 */
struct tls_ops {
	int (*open)(
		struct tls_config *c, int fd, struct tls **out, struct err *e);
	enum tls_result (*handshake)(struct tls *t, struct err *e);
	enum tls_result (*read)(
		struct tls *t, void *p, size_t n, size_t *got, struct err *e);
	enum tls_result (*write)(struct tls *t, const void *p, size_t n,
		size_t *put, struct err *e);
	size_t (*pending)(const struct tls *t);
	enum tls_result (*close)(struct tls *t);
	const char *(*version)(const struct tls *t);
	void (*recheck)(struct tls *t, struct tls_config *now); /* or NULL */
	void (*free)(struct tls *t);               /* the connection alone */
	void (*free_config)(struct tls_config *c); /* when no user is left */
};

struct tls_config {
	const struct tls_ops *ops;
	unsigned users;
};

struct tls {
	const struct tls_ops *ops;
	struct tls_config *config;
	struct tls_peer peer;
};

#endif
