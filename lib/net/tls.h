/*
 * tls - one seam for both TLS libraries, non-blocking.
 *
 * A tls_config holds what all connections of one kind share: certificates,
 * keys, whom to trust.  A tls is one connection over a descriptor that the
 * caller made, set non-blocking, and closes.  Each call does what it can and
 * says what it waits for; the caller polls and calls again with the same
 * arguments.  TLS 1.2 is the oldest version spoken.
 *
 * A client always authenticates its server: there is no way to skip it.  A
 * server with a client CA asks for a certificate, takes none as an answer,
 * and leaves the verdict on a bad one to its caller (tls_peer), who can then
 * answer 401 in words.
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
	TLS_END,        /* the peer has ended the stream in the orderly way */
	TLS_FAILED,     /* e says why; only tls_free() may follow */
};

#define TLS_NAME_BYTES 256 /* of a user or group name, with its NUL */
#define TLS_GROUPS_MAX 16  /* a certificate with more is not trusted */

/* Who is at the other end, as its certificate says; valid while tls lives. */
struct tls_peer {
	bool has_certificate;
	bool is_trusted;           /* chain, times and usage are right */
	char reason[128];          /* why it is not trusted, for the log */
	char user[TLS_NAME_BYTES]; /* subject CN; "" when there is none */
	size_t group_count;        /* subject O, in the order written */
	char group[TLS_GROUPS_MAX][TLS_NAME_BYTES];
};

/* Views are read during the call only. PEM may hold several blocks. */
struct tls_server_options {
	struct str certificate_pem; /* the chain, end entity first */
	struct str key_pem;         /* its private key, not encrypted */
	struct str client_ca_pem;   /* empty: clients are not asked */
	bool is_tls13_only;
	/* TLS 1.2's, by IANA's names with commas between; empty: all of ours */
	const struct args_list *suites;
};

struct tls_client_options {
	struct str ca_pem;          /* whom to trust; needed */
	struct str certificate_pem; /* ours; empty for none */
	struct str key_pem;
	/* What the server's certificate must name: exactly one of the two. */
	struct str server_name; /* a DNS name, also sent as SNI */
	struct str server_ip;   /* IPv4 or IPv6 in text, no brackets */
};

/* What a self-signed server certificate is made for. */
struct tls_identity {
	const char *common_name;
	const char *const *dns; /* DNS names, ended by NULL */
	const char *const *ip;  /* addresses in text, ended by NULL */
	unsigned days;          /* valid from an hour ago for this long */
};

struct tls_config;
struct tls;

/* Is what o asks of versions and suites to be had? 0 or -1 (ERR_USAGE). */
int tls_mbed_check(const struct tls_server_options *o, struct err *e);

/* Make a config; error: which of the parts is bad and why. 0 or -1. */
int tls_mbed_server(const struct tls_server_options *o, struct tls_config **out,
	struct err *e);
int tls_bear_client(const struct tls_client_options *o, struct tls_config **out,
	struct err *e);

/*
 * Make a P-256 key and a certificate signed by itself, both appended as PEM.
 * 0 or -1.
 */
int tls_mbed_self_signed(const struct tls_identity *who,
	struct buf *certificate_pem, struct buf *key_pem, struct err *e);

/* Until when the first certificate in pem is valid (Unix time). 0 or -1. */
int tls_mbed_expiry(struct str pem, int64_t *unix_s, struct err *e);

/* Give it back; connections made from it keep it alive until they end. */
void tls_config_free(struct tls_config *c);

/* A connection over fd, which stays the caller's. 0 or -1. */
int tls_open(struct tls_config *c, int fd, struct tls **out, struct err *e);

/* Call until TLS_OK before anything else. */
enum tls_result tls_handshake(struct tls *t, struct err *e);

/* Up to n bytes into p. TLS_OK: *got of them, at least one. */
enum tls_result tls_read(
	struct tls *t, void *p, size_t n, size_t *got, struct err *e);

/* Up to n bytes from p. TLS_OK: *put of them taken, at least one. */
enum tls_result tls_write(
	struct tls *t, const void *p, size_t n, size_t *put, struct err *e);

/*
 * Bytes already decrypted that the descriptor will not announce: read again
 * before polling when this is not 0.
 */
size_t tls_pending(const struct tls *t);

/* Tell the peer that we end. TLS_OK or a WANT; failures need no care. */
enum tls_result tls_close(struct tls *t);

/* After the handshake; has_certificate is false when none was shown. */
const struct tls_peer *tls_peer(const struct tls *t);

/* "TLSv1.2" or "TLSv1.3", for the log. */
const char *tls_version(const struct tls *t);

void tls_free(struct tls *t);

/*
 * For the libraries' adapters: they embed these as first members, count one
 * user in each config for its maker and one for each connection, and fill
 * the table.  Nobody else looks inside.
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
	void (*free)(struct tls *t);               /* the connection alone */
	void (*free_config)(struct tls_config *c); /* no user is left */
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
