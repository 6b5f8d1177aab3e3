/*
 * inspect - what an archive holds, as one JSON document.
 *
 * The archive is read once, its small images are kept, its pages passed over.
 */
#ifndef CHECKPOINT_AGENT_INSPECT_H
#define CHECKPOINT_AGENT_INSPECT_H

#include "lib/base/buf.h"
#include "lib/base/err.h"

/* Append the document for the archive (plain, gzip or zstd) at `in`. */
int inspect_archive(int in, struct buf *out, struct err *e);

#endif
