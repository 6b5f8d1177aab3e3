/* Unit tests of lib/net/httpd, over loopback, in one thread with its loop. */
#include "lib/net/httpd.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static struct loop loop;
static struct httpd server;
static uint16_t port;
static char answer_room[65536];

static void answer(
	void *context, const struct http_request *r, struct httpd_answer *a)
{
	(void)context;
	if (str_is(r->path, "/large")) {
		buf_fill(a->body, 'x', 50000);
	} else if (str_is(r->path, "/hello")) {
		http_put_field(a->fields, "X-Test", STR("yes"));
		buf_text(a->body, "hello");
	} else {
		return;
	}
	a->status = 200;
	a->content_type = "text/plain";
}

static int begin(void **state)
{
	static const unsigned char address[4] = {127, 0, 0, 1};
	struct sockaddr_in name;
	socklen_t n = sizeof(name);

	(void)state;
	memset(&server, 0, sizeof(server));
	assert_int_equal(loop_open(&loop, NULL), 0);
	server.loop = &loop;
	server.answer = answer;
	assert_int_equal(httpd_listen(&server, address, 4, 0, NULL), 0);
	getsockname(server.watch.fd, (struct sockaddr *)&name, &n);
	port = ntohs(name.sin_port);
	return 0;
}

static int end(void **state)
{
	(void)state;
	httpd_close(&server);
	loop_close(&loop);
	return 0;
}

static int dial(void)
{
	struct sockaddr_in name = {.sin_family = AF_INET,
		.sin_port = htons(port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	assert_int_equal(
		connect(fd, (const struct sockaddr *)&name, sizeof(name)), 0);
	return fd;
}

/* Let the server work, and read what it says until it is silent. */
static const char *ask(int fd, const char *request)
{
	size_t n = 0;
	ssize_t got;

	assert_int_equal(
		write(fd, request, strlen(request)), (ssize_t)strlen(request));
	for (int i = 0; i < 20; i++) {
		loop_step(&loop, 5, NULL);
		got = recv(fd, answer_room + n, sizeof(answer_room) - n - 1,
			MSG_DONTWAIT);
		n += got > 0 ? (size_t)got : 0;
	}
	answer_room[n] = '\0';
	return answer_room;
}

static bool is_ended(int fd)
{
	char c;

	return recv(fd, &c, 1, MSG_DONTWAIT) == 0;
}

static void two_requests_on_one_connection(void **state)
{
	int fd = dial();

	(void)state;
	for (int i = 0; i < 2; i++) {
		const char *a =
			ask(fd, "GET /hello HTTP/1.1\r\nHost: x\r\n\r\n");

		assert_non_null(strstr(a, "HTTP/1.1 200 OK\r\n"));
		assert_non_null(strstr(a, "X-Test: yes\r\n"));
		assert_non_null(strstr(a, "\r\nContent-Length: 5\r\n"));
		assert_non_null(strstr(a, "\r\n\r\nhello"));
	}
	assert_false(is_ended(fd));
	close(fd);
}

static void unknown_paths_get_go_s_words(void **state)
{
	int fd = dial();

	(void)state;
	assert_non_null(strstr(ask(fd, "GET /x HTTP/1.1\r\nHost: x\r\n\r\n"),
		"\r\n\r\n404 page not found\n"));
	close(fd);
}

/* What Go's server says to the clients of old health checkers. */
static void a_client_of_http_1_0_is_answered_so(void **state)
{
	int fd = dial();
	const char *a = ask(fd, "GET /hello HTTP/1.0\r\n\r\n");

	(void)state;
	assert_ptr_equal(strstr(a, "HTTP/1.0 200 OK\r\n"), a);
	assert_null(strstr(a, "Connection:"));
	assert_non_null(strstr(a, "\r\n\r\nhello"));
	assert_true(is_ended(fd));
	close(fd);
	fd = dial();
	a = ask(fd, "GET /hello HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
	assert_ptr_equal(strstr(a, "HTTP/1.0 200 OK\r\n"), a);
	assert_non_null(strstr(a, "\r\nConnection: keep-alive\r\n"));
	assert_false(is_ended(fd));
	close(fd);
}

static void head_has_the_length_but_no_body(void **state)
{
	int fd = dial();
	const char *a = ask(fd, "HEAD /hello HTTP/1.1\r\nHost: x\r\n\r\n");

	(void)state;
	assert_non_null(strstr(a, "Content-Length: 5\r\n"));
	assert_null(strstr(a, "hello"));
	close(fd);
}

static void a_body_is_not_waited_for(void **state)
{
	int fd = dial();
	const char *a = ask(fd, "POST /hello HTTP/1.1\r\nHost: x\r\n"
				"Content-Length: 1000\r\n\r\n");

	(void)state;
	assert_non_null(strstr(a, "HTTP/1.1 200 OK"));
	assert_non_null(strstr(a, "Connection: close"));
	assert_true(is_ended(fd));
	close(fd);
}

static void large_answers_come_whole(void **state)
{
	int fd = dial();
	const char *a = ask(fd, "GET /large HTTP/1.0\r\n\r\n");

	(void)state;
	assert_true(strlen(a) > 50000);
	assert_true(is_ended(fd));
	close(fd);
}

static void nonsense_gets_400_and_the_end(void **state)
{
	static char flood[HTTPD_HEAD_BYTES_MAX + 1];
	int fd = dial();

	(void)state;
	assert_non_null(strstr(ask(fd, "\x16\x03\x01\r\n\r\n"), " 400 "));
	assert_true(is_ended(fd));
	close(fd);
	fd = dial();
	memset(flood, 'a', sizeof(flood) - 1);
	assert_non_null(strstr(ask(fd, flood), " 400 "));
	close(fd);
}

/* Connect from 127.0.0.HOST. */
static int dial_from(uint8_t host)
{
	struct sockaddr_in here = {.sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK - 1 + host)};
	struct sockaddr_in name = {.sin_family = AF_INET,
		.sin_port = htons(port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	assert_int_equal(
		bind(fd, (const struct sockaddr *)&here, sizeof(here)), 0);
	assert_int_equal(
		connect(fd, (const struct sockaddr *)&name, sizeof(name)), 0);
	return fd;
}

enum { STRANGERS = 300 };

static void stay_silent(int fds[STRANGERS], size_t sources)
{
	for (size_t i = 0; i < STRANGERS; i++) {
		fds[i] = dial_from((uint8_t)(2 + i % sources));
		loop_step(&loop, 5, NULL);
	}
}

static void hang_up(int fds[STRANGERS])
{
	for (size_t i = 0; i < STRANGERS; i++)
		close(fds[i]);
}

static void silent_strangers_shut_nobody_out(void **state)
{
	static int fds[STRANGERS];
	int fd;

	(void)state;
	for (size_t sources = 1; sources <= 100; sources += 99) {
		stay_silent(fds, sources);
		assert_true(is_ended(fds[0]));
		assert_false(is_ended(fds[STRANGERS - 1]));
		fd = dial();
		assert_non_null(strstr(
			ask(fd, "GET /hello HTTP/1.1\r\nHost: x\r\n\r\n"),
			" 200 OK"));
		close(fd);
		hang_up(fds);
		for (int i = 0; i < 5; i++)
			loop_step(&loop, 0, NULL);
	}
}

static void strangers_of_one_source_do_not_end_others(void **state)
{
	static int fds[STRANGERS];
	int fd = dial();

	(void)state;
	assert_non_null(strstr(
		ask(fd, "GET /hello HTTP/1.1\r\nHost: x\r\n\r\n"), " 200 OK"));
	stay_silent(fds, 1);
	assert_false(is_ended(fd));
	assert_non_null(strstr(
		ask(fd, "GET /hello HTTP/1.1\r\nHost: x\r\n\r\n"), " 200 OK"));
	close(fd);
	hang_up(fds);
}

/* Bytes that come one by one buy no time. */
static void a_head_has_a_deadline(void **state)
{
	uint64_t begun = loop_now_ms();
	int fd = dial();

	(void)state;
	while (!is_ended(fd) && loop_now_ms() - begun < 60000) {
		if (send(fd, "a", 1, MSG_NOSIGNAL) < 0)
			break;
		poll(NULL, 0, 20);
		loop_step(&loop, 0, NULL);
	}
	assert_in_range(loop_now_ms() - begun, HTTPD_HEAD_MS - 100, 30000);
	close(fd);
}

/* A process that holds a port until a moment after it was told to end. */
static pid_t hold_port(uint16_t *held, const int *pipes)
{
	struct sockaddr_in name = {.sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t n = sizeof(name);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	pid_t pid;

	assert_int_equal(bind(fd, (struct sockaddr *)&name, n), 0);
	assert_int_equal(listen(fd, 1), 0);
	getsockname(fd, (struct sockaddr *)&name, &n);
	*held = ntohs(name.sin_port);
	pid = fork();
	if (pid == 0) {
		char word;

		if (read(pipes[0], &word, 1) == 1)
			poll(NULL, 0, 300);
		_exit(0);
	}
	close(fd);
	return pid;
}

static void a_busy_port_is_waited_for(void **state)
{
	static const unsigned char address[4] = {127, 0, 0, 1};
	struct httpd late = {.loop = &loop, .answer = answer};
	int pipes[2];
	uint16_t held;
	pid_t pid;

	(void)state;
	assert_int_equal(pipe2(pipes, O_CLOEXEC), 0);
	pid = hold_port(&held, pipes);
	assert_int_equal(httpd_listen(&late, address, 4, held, NULL), -1);
	assert_int_equal(write(pipes[1], "x", 1), 1);
	late.patience_ms = 60000;
	assert_int_equal(httpd_listen(&late, address, 4, held, NULL), 0);
	httpd_close(&late);
	waitpid(pid, NULL, 0);
	close(pipes[0]);
	close(pipes[1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			two_requests_on_one_connection, begin, end),
		cmocka_unit_test_setup_teardown(
			unknown_paths_get_go_s_words, begin, end),
		cmocka_unit_test_setup_teardown(
			a_client_of_http_1_0_is_answered_so, begin, end),
		cmocka_unit_test_setup_teardown(
			head_has_the_length_but_no_body, begin, end),
		cmocka_unit_test_setup_teardown(
			a_body_is_not_waited_for, begin, end),
		cmocka_unit_test_setup_teardown(
			large_answers_come_whole, begin, end),
		cmocka_unit_test_setup_teardown(
			nonsense_gets_400_and_the_end, begin, end),
		cmocka_unit_test_setup_teardown(
			silent_strangers_shut_nobody_out, begin, end),
		cmocka_unit_test_setup_teardown(
			strangers_of_one_source_do_not_end_others, begin, end),
		cmocka_unit_test_setup_teardown(
			a_head_has_a_deadline, begin, end),
		cmocka_unit_test_setup_teardown(
			a_busy_port_is_waited_for, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
