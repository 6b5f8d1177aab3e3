/*
 * rootfs - the root file system of a restored container.
 *
 * An overlay mounted at BUNDLE/rootfs: the base, which stays as it is, and a
 * new upper directory that gets the changes from the archive.
 * Source: kernel, Documentation/filesystems/overlayfs.rst.
 */
#ifndef CHECKPOINT_AGENT_RESTORE_ROOTFS_H
#define CHECKPOINT_AGENT_RESTORE_ROOTFS_H

#include "checkpoint-agent/restore/bundle.h"

/* Where the base comes from. */
struct rootfs_base {
	/* a root file system, or an OCI layout with its image */
	const char *path;
	const char *tag; /* which image of the layout; "": the only one */
};

struct rootfs {
	const struct rootfs_base *from; /* not owned */
	char base[PATH_MAX];            /* absolute */
	int dir;                        /* owned: the mounted root */
	bool is_mounted;
};

/*
 * Look the base up; do so before unpacking anything, which changes the
 * working directory.  Call rootfs_close() in any case.  Errors: ERR_USAGE a
 * path that the options of an overlay mount cannot express.
 */
int rootfs_start(struct rootfs *r, const struct rootfs_base *from,
	const struct bundle *b, struct err *e);

/*
 * Unpack an OCI layout to BUNDLE/base, then mount the overlay.
 * Errors: those of oci_base_unpack() and root_mode_find().
 */
int rootfs_mount(struct rootfs *r, const struct bundle *b, struct err *e);

/* Unpack rootfs-diff.tar over it and remove what was deleted. */
int rootfs_apply_changes(struct rootfs *r, struct bundle *b, struct err *e);

void rootfs_unmount(struct rootfs *r, const struct bundle *b);
void rootfs_close(struct rootfs *r); /* it stays mounted */

#endif
