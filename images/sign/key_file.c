/*
 * key_file - whole files, read into memory that is wiped.
 */
#include "images/sign/key_file.h"

#include "images/sign/key_pbes2.h"
#include "images/sign/key_pem.h"
#include "images/sign/passphrase.h"
#include "lib/base/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define KEY_PATH_BYTES 1024
#define NO_REPLACE     1 /* RENAME_NOREPLACE of linux/fs.h */

#define KEY_FILE_WIPED __attribute__((cleanup(buf_wipe)))

static int read_text(
	const char *path, mode_t *mode, struct buf *text, struct err *e)
{
	AUTO_FD int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0)
		return err_sys(e, "%s", path);
	*mode = S_ISREG(st.st_mode) ? st.st_mode & 07777 : 0600;
	return fd_read_all(fd, text, e) < 0 ? err_at(e, "%s", path) : 0;
}

static int check_private(
	const char *path, mode_t mode, struct str text, struct err *e)
{
	if (key_pem_is_public(text))
		return err_kind(e, ERR_INPUT,
			"%s: a public key cannot sign: name the private one",
			path);
	if (mode & 077)
		return err_kind(e, ERR_DENIED,
			"%s: others may use this key (mode %04o): chmod 600 it",
			path, (unsigned)mode);
	return 0;
}

static int ask_if_needed(const char *path, const char *passphrase_path,
	struct str text, struct passphrase *p, struct err *e)
{
	if (!key_pem_is_encrypted(text))
		return 0;
	if (passphrase_path)
		return passphrase_read(passphrase_path, p, e);
	return passphrase_ask(path, false, p, e);
}

int key_file_private(const char *path, const char *passphrase_path,
	struct sign_key *k, struct err *e)
{
	KEY_FILE_WIPED struct buf text = buf_growing(SIGN_KEY_TEXT_BYTES);
	AUTO_PASSPHRASE struct passphrase p = {0};
	mode_t mode;

	if (read_text(path, &mode, &text, e) < 0 ||
		check_private(path, mode, buf_view(&text), e) < 0 ||
		ask_if_needed(path, passphrase_path, buf_view(&text), &p, e) <
			0)
		return -1;
	if (key_pem_read(buf_view(&text), passphrase_view(&p), k, e) < 0)
		return err_at(e, "%s", path);
	return 0;
}

int key_file_public(const char *path, struct sign_key *k, struct err *e)
{
	KEY_FILE_WIPED struct buf text = buf_growing(SIGN_KEY_TEXT_BYTES);
	mode_t mode;

	if (read_text(path, &mode, &text, e) < 0)
		return -1;
	if (key_pem_is_encrypted(buf_view(&text)))
		return err_kind(e, ERR_INPUT,
			"%s: an encrypted private key: name the public one, "
			"which keygen wrote beside it",
			path);
	if (key_pem_read(buf_view(&text), STR(""), k, e) < 0)
		return err_at(e, "%s", path);
	explicit_bzero(k->secret, sizeof(k->secret));
	return 0;
}

static int key_path(char out[KEY_PATH_BYTES], const char *name,
	const char *suffix, struct err *e)
{
	int n = snprintf(out, KEY_PATH_BYTES, "%s%s", name, suffix);

	return n > 0 && n < KEY_PATH_BYTES
		       ? 0
		       : err_kind(e, ERR_LIMIT, "%s: path too long", name);
}

/* Like file_write(), but what exists already stays. */
static int write_new(
	const char *path, struct str text, mode_t mode, struct err *e)
{
	char part[KEY_PATH_BYTES];
	int failed;

	if (key_path(part, path, ".new", e) < 0 ||
		file_write(part, text, mode, e) < 0)
		return -1;
	if (syscall(SYS_renameat2, AT_FDCWD, part, AT_FDCWD, path,
		    NO_REPLACE) == 0)
		return 0;
	failed = errno;
	unlink(part);
	errno = failed;
	if (failed != EEXIST)
		return err_sys(e, "%s", path);
	return err_kind(
		e, ERR_BUSY, "%s exists already, and is not replaced", path);
}

int key_file_write(const char *name, const struct sign_key *k,
	struct str passphrase, struct err *e)
{
	KEY_FILE_WIPED struct buf secret = buf_growing(SIGN_KEY_TEXT_BYTES);
	KEY_FILE_WIPED struct buf public = buf_growing(SIGN_KEY_TEXT_BYTES);
	char path[KEY_PATH_BYTES], other[KEY_PATH_BYTES];

	if (key_path(path, name, ".key", e) < 0 ||
		key_path(other, name, ".pub", e) < 0 ||
		key_pem_put_private(k, passphrase, PBES2_ROUNDS, &secret, e) <
			0)
		return -1;
	key_pem_put_public(k, &public);
	if (secret.full || public.full)
		return err_kind(e, ERR_LIMIT, "out of memory");
	/* The secret one is the later: with it the pair is complete. */
	if (write_new(other, buf_view(&public), 0644, e) < 0)
		return -1;
	if (write_new(path, buf_view(&secret), 0600, e) == 0)
		return 0;
	unlink(other);
	return -1;
}
