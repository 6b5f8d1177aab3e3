/*
 * fs_layer - the layer of an image as a tree, or the part of it that an
 * extension of a system may have.
 *
 * systemd-sysext lays /usr and /opt upon the host's, systemd-confext /etc.  Of
 * an image that is to be a system extension /bin, /sbin and /lib lie below
 * /usr, as on every host that has systemd; os-release, accounts and host name
 * are left out.
 */
#ifndef KEELSON_IMAGES_EXPORT_FS_LAYER_H
#define KEELSON_IMAGES_EXPORT_FS_LAYER_H

#include "images/export/fs_tree.h"
#include "images/read/view.h"

enum fs_part {
	FS_ALL,
	FS_SYSEXT,
	FS_CONFEXT,
};

struct fs_layer {
	const struct view *view;
	enum fs_part part;
	struct fs_tree tree; /* owned; not sealed */
	size_t n_entries;    /* of the layer */
	size_t n_left_out;   /* files */
	struct str left_out; /* the first of them, in the tree's arena */
	int64_t newest_s;
};

/*
 * Read all but the content of files.  0 or -1: what listing_layer() and
 * fs_tree_add() refuse; nothing is left of it (ERR_INPUT).
 */
int fs_layer_read(struct fs_layer *l, const struct view *v, enum fs_part part,
	struct err *e);
void fs_layer_free(struct fs_layer *l);
#define AUTO_FS_LAYER __attribute__((cleanup(fs_layer_free)))

/* Called with each piece of the content of a file of the sealed tree. */
struct fs_content {
	int (*put)(void *self, size_t node, uint64_t offset, struct str bytes,
		struct err *e);
	void *self;
};

/* Read the layer again for the content, also of files that were made. */
int fs_layer_content(
	const struct fs_layer *l, const struct fs_content *to, struct err *e);

#endif
