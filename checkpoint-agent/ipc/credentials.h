/*
 * credentials - the packet that takes certificates, keys and tokens from the
 * back, which can read files, to the front, which cannot.
 *
 * A packet is a head with the length of each part, then the parts in the order
 * of the enum.  An absent part is empty.  Packets hold secrets: wipe them.
 */
#ifndef CHECKPOINT_AGENT_IPC_CREDENTIALS_H
#define CHECKPOINT_AGENT_IPC_CREDENTIALS_H

#include "lib/base/buf.h"
#include "lib/base/err.h"

#include <stdint.h>

enum credentials_part {
	CREDENTIALS_CERTIFICATE, /* of the server, PEM */
	CREDENTIALS_KEY,         /* its key, PEM */
	CREDENTIALS_CLIENT_CA,   /* empty: no client certificate is trusted */
	CREDENTIALS_API_SERVER,  /* a struct url with its address, or empty */
	CREDENTIALS_API_NAME,    /* name to verify, if not the URL's host */
	CREDENTIALS_API_CA,
	CREDENTIALS_API_CERTIFICATE, /* our own as its client, or empty */
	CREDENTIALS_API_KEY,
	CREDENTIALS_API_TOKEN,
	CREDENTIALS_PARTS
};

/* Views into a packet. */
struct credentials {
	struct str part[CREDENTIALS_PARTS];
};

/* Begin a packet in an empty buffer; packet->full says if it fits. */
void credentials_start(struct buf *packet);

/* Append a part.  Parts come in the order of the enum, each at most once. */
void credentials_put(
	struct buf *packet, enum credentials_part part, struct str bytes);
int credentials_put_file(struct buf *packet, enum credentials_part part,
	const char *path, struct err *e);

/* Find the parts of a packet. ERR_INPUT: lengths do not add up. */
int credentials_parse(struct str packet, struct credentials *m, struct err *e);

#endif
