/*
 * flow_zip - the layer that compresses: gzip (RFC 1952) or zstd (RFC 8878).
 *
 * Both formats allow a file to be a sequence of members or frames.  Each
 * FLOW_ZIP_BLOCK of the stream becomes a frame of its own, and several
 * threads (workers.h) compress them at once, because the container stands
 * still meanwhile.  A hole becomes a frame with its bytes stored, not
 * compressed, whose length is known before the content is.
 */
#ifndef CHECKPOINT_AGENT_ARCHIVE_FLOW_ZIP_H
#define CHECKPOINT_AGENT_ARCHIVE_FLOW_ZIP_H

#include "checkpoint-agent/archive/flow.h"
#include "lib/arc/press.h"
#include "lib/base/buf.h"
#include "lib/base/err.h"
#include "lib/base/workers.h"

#define FLOW_ZIP_BLOCK (256 * 1024)

struct flow_zip_job;

struct flow_zip {
	struct flow flow;
	enum press_kind kind;
	struct workers *workers;          /* owned */
	struct press *press[WORKERS_MAX]; /* owned; one for each thread */
	struct flow_zip_job *now;         /* being filled, or NULL */
	size_t hole_n; /* length of the open hole, uncompressed */
};

/* Call flow_zip_free() also on failure. */
int flow_zip_start(struct flow_zip *z, enum press_kind kind, struct flow *next,
	struct err *e);
/* Wipe what is in memory. */
void flow_zip_free(struct flow_zip *z);

#endif
