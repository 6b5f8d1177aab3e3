/*
 * material - certificates and keys on their way from the back, which can read
 * files, to the front, which cannot.
 */
#ifndef CHECKPOINT_AGENT_MATERIAL_H
#define CHECKPOINT_AGENT_MATERIAL_H

#include "checkpoint-agent/config.h"
#include "checkpoint-agent/limits.h"
#include "lib/base/buf.h"
#include "lib/base/err.h"

/* One packet: this head and then the three PEM texts behind each other. */
struct material_head {
	uint32_t certificate_bytes;
	uint32_t key_bytes;
	uint32_t ca_bytes;
};

/* Views into the packet. */
struct material {
	struct str certificate_pem, key_pem, ca_pem;
};

/*
 * Make sure that there is a serving certificate: the one named, or one signed
 * by itself in cert_dir, renewed when it has expired.  Fills the paths.
 */
struct material_files {
	char certificate[PATH_MAX];
	char key[PATH_MAX];
};
int material_prepare(
	const struct config *c, struct material_files *f, struct err *e);

/* Read the files into one packet, appended to the (empty) buffer. */
int material_load(const struct config *c, const struct material_files *f,
	struct buf *packet, struct err *e);

/* Take a packet apart. */
int material_parse(struct str packet, struct material *m, struct err *e);

#endif
