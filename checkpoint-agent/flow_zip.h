/*
 * flow_zip - the layer that compresses: gzip (RFC 1952) or zstd (RFC 8878).
 *
 * Both allow a file to be several members or frames one after the other.  So
 * each FLOW_ZIP_BLOCK of the stream becomes one of its own, and a crew works
 * at several at once: the container stands still meanwhile.  A hole becomes
 * one that stores its bytes as they are; its length is known before its
 * content.
 */
#ifndef CHECKPOINT_AGENT_FLOW_ZIP_H
#define CHECKPOINT_AGENT_FLOW_ZIP_H

#include "checkpoint-agent/flow.h"
#include "lib/arc/press.h"
#include "lib/base/buf.h"
#include "lib/base/crew.h"
#include "lib/base/err.h"

#define FLOW_ZIP_BLOCK (256 * 1024)

struct flow_zip_job;

struct flow_zip {
	struct flow flow;
	enum press_kind kind;
	struct crew *crew;                   /* owned */
	struct press *press[CREW_HANDS_MAX]; /* owned: each hand's */
	struct flow_zip_job *now;            /* being filled, NULL for none */
	size_t hole_n; /* bytes of the open hole, as asked for */
};

/* After -1 flow_zip_free() is due too. */
int flow_zip_start(struct flow_zip *z, enum press_kind kind, struct flow *next,
	struct err *e);
/* Wipe what was held. */
void flow_zip_free(struct flow_zip *z);

#endif
