/*
 * flow_zip - the layer that compresses: gzip (RFC 1952) or zstd (RFC 8878).
 *
 * Both allow a file to be several members or frames one after the other.  A
 * hole becomes one of its own that stores its bytes as they are, so its
 * length is known before its content.
 */
#ifndef CHECKPOINT_AGENT_FLOW_ZIP_H
#define CHECKPOINT_AGENT_FLOW_ZIP_H

#include "checkpoint-agent/flow.h"
#include "lib/base/buf.h"
#include "lib/base/err.h"

enum flow_zip_kind { FLOW_ZIP_GZIP, FLOW_ZIP_ZSTD };

struct gzip;
struct zstd;

struct flow_zip {
	struct flow flow;
	enum flow_zip_kind kind;
	struct gzip *gzip; /* owned: the open member */
	struct zstd *zstd; /* owned */
	size_t hole_n;     /* bytes of the open hole, as asked for */
};

int flow_zip_start(struct flow_zip *z, enum flow_zip_kind kind,
		struct flow *next, struct err *e);
void flow_zip_free(struct flow_zip *z);

/* Pure: what stands for n stored bytes (at most FLOW_HOLE_BYTES). */
void flow_zip_store(struct buf *b, enum flow_zip_kind kind, const void *bytes,
		size_t n);

#endif
