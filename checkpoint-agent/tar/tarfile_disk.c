/*
 * tarfile_disk - nothing is written through links, ".." or absolute names.
 */
#include "checkpoint-agent/tar/tarfile_disk.h"

#include "checkpoint-agent/tar/tarfile.h"

#include <archive.h>
#include <archive_entry.h>

int tarfile_disk_open(struct tarfile_disk *d, int dir, struct err *e)
{
	tarfile_acls_start(&d->acls, dir);
	d->out = archive_write_disk_new();
	if (!d->out)
		return err_kind(e, ERR_LIMIT, "out of memory");
	archive_write_disk_set_options(
		d->out, ARCHIVE_EXTRACT_OWNER | ARCHIVE_EXTRACT_PERM |
				ARCHIVE_EXTRACT_TIME | ARCHIVE_EXTRACT_XATTR |
				ARCHIVE_EXTRACT_SPARSE |
				ARCHIVE_EXTRACT_SECURE_SYMLINKS |
				ARCHIVE_EXTRACT_SECURE_NODOTDOT |
				ARCHIVE_EXTRACT_SECURE_NOABSOLUTEPATHS);
	return 0;
}

int tarfile_disk_finish(struct tarfile_disk *d, struct err *e)
{
	if (archive_write_close(d->out) != ARCHIVE_OK)
		return tarfile_err(e, d->out, "unpack");
	return tarfile_acls_finish(&d->acls, e);
}

void tarfile_disk_close(struct tarfile_disk *d)
{
	archive_write_free(d->out);
	tarfile_acls_free(&d->acls);
}
