/*
 * tarfile_tree - libarchive walks the directory and finds names; each is added
 * through a descriptor of its own (tarfile_write.h).
 */
#include "checkpoint-agent/tar/tarfile_tree.h"

#include "checkpoint-agent/tar/tarfile.h"

#include <archive.h>
#include <archive_entry.h>
#include <unistd.h>

static int add_found(struct tarfile_writer *w, struct archive *disk,
	struct archive_entry *entry, int dir, struct err *e)
{
	const char *path = archive_entry_pathname(entry);

	if (archive_entry_filetype(entry) == AE_IFSOCK)
		return 0; /* CRIU binds it again */
	if (archive_read_disk_can_descend(disk))
		archive_read_disk_descend(disk);
	return tarfile_write_add(w, dir, path, path, e);
}

static int add_all(
	struct tarfile_writer *w, struct archive *disk, int dir, struct err *e)
{
	struct archive_entry *entry = archive_entry_new2(disk);
	int got, rc = 0;

	if (!entry)
		return err_kind(e, ERR_LIMIT, "out of memory");
	while (rc == 0 &&
		(got = archive_read_next_header2(disk, entry)) != ARCHIVE_EOF)
		rc = got < ARCHIVE_WARN ? tarfile_err(e, disk, "read directory")
					: add_found(w, disk, entry, dir, e);
	archive_entry_free(entry);
	return rc;
}

static int add_tree(struct tarfile_writer *w, int dir, struct err *e)
{
	struct archive *disk = archive_read_disk_new();
	int rc;

	if (!disk)
		return err_kind(e, ERR_LIMIT, "out of memory");
	archive_read_disk_set_symlink_physical(disk);
	archive_read_disk_set_behavior(disk,
		ARCHIVE_READDISK_NO_TRAVERSE_MOUNTS |
			ARCHIVE_READDISK_NO_XATTR | ARCHIVE_READDISK_NO_ACL |
			ARCHIVE_READDISK_NO_SPARSE |
			ARCHIVE_READDISK_NO_FFLAGS);
	if (fchdir(dir) < 0)
		rc = err_sys(e, "change directory");
	else if (archive_read_disk_open(disk, ".") != ARCHIVE_OK)
		rc = tarfile_err(e, disk, "read directory");
	else
		rc = add_all(w, disk, dir, e);
	archive_read_free(disk);
	return rc;
}

int tarfile_tree(int dir, int out, enum tarfile_zip zip, struct err *e)
{
	struct tarfile_writer *w;

	if (tarfile_write_open(&w, out, zip, e) < 0)
		return -1;
	if (add_tree(w, dir, e) < 0) {
		tarfile_write_drop(w);
		return -1;
	}
	return tarfile_write_close(w, e);
}
