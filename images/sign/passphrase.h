/*
 * passphrase - what opens a private key: from a file, or typed by a person.
 *
 * Callers wipe it.  It is in no message, and no option takes it: the command
 * lines of a process are there for everybody to read.
 */
#ifndef KEELSON_IMAGES_SIGN_PASSPHRASE_H
#define KEELSON_IMAGES_SIGN_PASSPHRASE_H

#include "lib/base/err.h"
#include "lib/base/str.h"

#define PASSPHRASE_BYTES 1024

struct passphrase {
	size_t n;
	char text[PASSPHRASE_BYTES];
};

/*
 * The first line of a file, which may be a pipe.  Errors: ERR_INPUT it is
 * empty, or too long.
 */
int passphrase_read(const char *path, struct passphrase *out, struct err *e);

/*
 * Ask on the terminal of this process, without showing what is typed; twice if
 * `is_new`.  Errors: ERR_USAGE there is no terminal; ERR_INPUT it is empty, too
 * long, or the two differ.
 */
int passphrase_ask(
	const char *what, bool is_new, struct passphrase *out, struct err *e);

struct str passphrase_view(const struct passphrase *p);
void passphrase_wipe(struct passphrase *p);
#define AUTO_PASSPHRASE __attribute__((cleanup(passphrase_wipe)))

#endif
