/*
 * passphrase - the terminal is /dev/tty, whatever standard input is.  Its echo
 * comes back on every way out of here, and when a signal ends the program:
 * those that a terminal sends are held back meanwhile.
 */
#include "images/sign/passphrase.h"

#include "lib/base/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

/* Read byte by byte up to the end of the line, so that no more is taken. */
static int read_line(int fd, struct passphrase *out, struct err *e)
{
	out->n = 0;
	for (;;) {
		char c = 0;
		ssize_t r = read(fd, &c, 1);

		if (r < 0 && errno == EINTR)
			continue;
		if (r < 0)
			return err_sys(e, "read");
		if (r == 0 || c == '\n')
			break;
		if (out->n == sizeof(out->text))
			return err_kind(e, ERR_INPUT,
				"the passphrase is longer than %d bytes",
				PASSPHRASE_BYTES);
		out->text[out->n++] = c;
	}
	if (out->n && out->text[out->n - 1] == '\r')
		out->n--;
	return out->n ? 0 : err_kind(e, ERR_INPUT, "the passphrase is empty");
}

int passphrase_read(const char *path, struct passphrase *out, struct err *e)
{
	AUTO_FD int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);

	if (fd < 0)
		return err_sys(e, "%s", path);
	return read_line(fd, out, e) < 0 ? err_at(e, "%s", path) : 0;
}

/* Ask once, without echo. */
static int ask_once(
	int tty, const char *question, struct passphrase *out, struct err *e)
{
	struct termios shown, hidden;
	sigset_t typed, before;
	int done;

	if (tcgetattr(tty, &shown) < 0)
		return err_sys(e, "/dev/tty");
	hidden = shown;
	hidden.c_lflag &= ~(tcflag_t)(ECHO | ISIG);
	sigemptyset(&typed);
	sigaddset(&typed, SIGINT);
	sigaddset(&typed, SIGTERM);
	sigaddset(&typed, SIGHUP);
	sigprocmask(SIG_BLOCK, &typed, &before);
	if (tcsetattr(tty, TCSAFLUSH, &hidden) < 0) {
		done = err_sys(e, "/dev/tty");
	} else {
		done = fd_write(tty, question, strlen(question), e);
		if (done == 0)
			done = read_line(tty, out, e);
		tcsetattr(tty, TCSAFLUSH, &shown);
		fd_write(tty, "\n", 1, NULL);
	}
	sigprocmask(SIG_SETMASK, &before, NULL);
	return done;
}

int passphrase_ask(
	const char *what, bool is_new, struct passphrase *out, struct err *e)
{
	AUTO_FD int tty = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
	AUTO_PASSPHRASE struct passphrase again = {0};
	char question[256];

	if (tty < 0)
		return err_kind(e, ERR_USAGE,
			"%s: no terminal to ask for its passphrase: give "
			"--passphrase-file FILE",
			what);
	snprintf(question, sizeof(question), "Passphrase of %s: ", what);
	if (ask_once(tty, question, out, e) < 0)
		return err_at(e, "%s", what);
	if (!is_new)
		return 0;
	if (ask_once(tty, "The same again: ", &again, e) < 0)
		return err_at(e, "%s", what);
	if (!str_same_secret(passphrase_view(out), passphrase_view(&again)))
		return err_kind(
			e, ERR_INPUT, "%s: the two passphrases differ", what);
	return 0;
}

struct str passphrase_view(const struct passphrase *p)
{
	return (struct str){p->text, p->n};
}

void passphrase_wipe(struct passphrase *p)
{
	explicit_bzero(p, sizeof(*p));
}
