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

enum material_part {
	MATERIAL_CERTIFICATE, /* of the server, PEM */
	MATERIAL_KEY,
	MATERIAL_CLIENT_CA,  /* empty: certificates prove nothing */
	MATERIAL_API_SERVER, /* a struct url, its address filled; or empty */
	MATERIAL_API_NAME,   /* what its certificate names, when not that */
	MATERIAL_API_CA,
	MATERIAL_API_CERTIFICATE, /* ours as its client, or empty */
	MATERIAL_API_KEY,
	MATERIAL_API_TOKEN,
	MATERIAL_PARTS
};

/* One packet: this head and then the parts behind each other. */
struct material_head {
	uint32_t bytes[MATERIAL_PARTS];
};

/* Views into the packet. */
struct material {
	struct str part[MATERIAL_PARTS];
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

/*
 * The parts MATERIAL_API_*: from --kubeconfig or from what a pod has.  Each
 * is appended, and counted in head.
 */
int material_load_api(const struct config *c, struct buf *packet,
	struct material_head *head, struct err *e);

/* Take a packet apart. */
int material_parse(struct str packet, struct material *m, struct err *e);

#endif
