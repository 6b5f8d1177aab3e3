/*
 * tarfile - libarchive's error text, and the names of overlayfs' attributes.
 *
 * overlayfs keeps its notes as trusted.overlay.*, or as user.overlay.* when it
 * was mounted with the option userxattr.
 */
#include "checkpoint-agent/tar/tarfile.h"

#include <archive.h>
#include <archive_entry.h>
#include <string.h>

int tarfile_err(struct err *e, struct archive *a, const char *what)
{
	const char *why = archive_error_string(a);

	err_set(e, "%s: %s", what, why ? why : "failed");
	if (e)
		e->sys = archive_errno(a);
	return -1;
}

bool tarfile_is_overlay_xattr(const char *name)
{
	return strncmp(name, "trusted.overlay.", 16) == 0 ||
	       strncmp(name, "user.overlay.", 13) == 0;
}

void tarfile_drop_overlay_xattrs(struct archive_entry *entry)
{
	struct archive_entry *all;
	const char *name;
	const void *value;
	size_t n;

	if (archive_entry_xattr_count(entry) == 0)
		return;
	all = archive_entry_clone(entry);
	archive_entry_xattr_clear(entry);
	archive_entry_xattr_reset(all);
	while (archive_entry_xattr_next(all, &name, &value, &n) == ARCHIVE_OK)
		if (!tarfile_is_overlay_xattr(name))
			archive_entry_xattr_add_entry(entry, name, value, n);
	archive_entry_free(all);
}
