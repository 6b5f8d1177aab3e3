/*
 * upload - a blob into a registry (distribution-spec 1.1 "Pushing blobs").
 *
 * The registry is asked first whether it has the blob, then whether it can
 * take it over from another repository; only then is it sent: in one piece, or,
 * if it is large, in parts, so that an upload that breaks off goes on where
 * the registry says that it stands.
 */
#ifndef KEELSON_IMAGES_SHIP_UPLOAD_H
#define KEELSON_IMAGES_SHIP_UPLOAD_H

#include "images/ship/piece.h"
#include "images/ship/registry.h"

#define UPLOAD_PART_BYTES ((uint64_t)16 << 20)
#define UPLOAD_TRIES      5 /* without a byte more in between */

enum upload_result { UPLOAD_SENT, UPLOAD_WAS_THERE, UPLOAD_MOUNTED };

/* Does the repository have the blob? 1, 0 or -1. */
int upload_has(struct registry *r, const struct piece *p, struct err *e);

/*
 * Take it over from r->also_from, without bytes: 1 done; 0 the registry would
 * not; -1.
 */
int upload_mount(struct registry *r, const struct piece *p, struct err *e);

/*
 * Send p, which lies in fd from offset on; its digest is checked before
 * anything is sent.  0 or -1.
 */
int upload_send(struct registry *r, const struct piece *p, int fd,
	uint64_t offset, struct err *e);

#endif
