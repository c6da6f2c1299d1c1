/*
 * The floor of a machine for DNS over UDP: a bare loop that receives up to 64
 * datagrams, flips the QR bit of each and sends them back. What a nameserver
 * costs beyond it is the nameserver's own.
 *
 *	cc -O2 -o echo echo.c
 *	echo ADDRESS PORT
 *
 * Linux only. Ends on SIGTERM with status 0.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <netdb.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { BATCH = 64, SIZE = 4096 + 64, BUFFER = 1 << 20 };

static struct mmsghdr msgs[BATCH];
static struct iovec vecs[BATCH];
static struct sockaddr_storage peers[BATCH];
static unsigned char data[BATCH][SIZE];

static void end(int sig)
{
	(void)sig;
	_exit(0);
}

static void fail(const char *what)
{
	perror(what);
	exit(1);
}

static int open_socket(const char *address, const char *port)
{
	struct addrinfo hints = { .ai_socktype = SOCK_DGRAM, .ai_flags = AI_NUMERICHOST | AI_PASSIVE };
	struct addrinfo *ai;
	int buffer = BUFFER;
	int err = getaddrinfo(address, port, &hints, &ai);

	if (err != 0) {
		fprintf(stderr, "%s port %s: %s\n", address, port, gai_strerror(err));
		exit(1);
	}
	int fd = socket(ai->ai_family, SOCK_DGRAM, 0);
	if (fd < 0)
		fail("socket");
	setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &buffer, sizeof buffer);
	setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &buffer, sizeof buffer);
	if (bind(fd, ai->ai_addr, ai->ai_addrlen) < 0)
		fail("bind");
	freeaddrinfo(ai);
	return fd;
}

static void link_buffers(void)
{
	for (int i = 0; i < BATCH; i++) {
		vecs[i].iov_base = data[i];
		msgs[i].msg_hdr.msg_iov = &vecs[i];
		msgs[i].msg_hdr.msg_iovlen = 1;
		msgs[i].msg_hdr.msg_name = &peers[i];
	}
}

/* Only the slots used by the last batch need their lengths restored. */
static void reset(int used)
{
	for (int i = 0; i < used; i++) {
		vecs[i].iov_len = SIZE;
		msgs[i].msg_hdr.msg_namelen = sizeof peers[i];
	}
}

static void send_all(int fd, int n)
{
	for (int i = 0; i < n;) {
		int sent = sendmmsg(fd, msgs + i, n - i, 0);

		if (sent > 0)
			i += sent;
		else if (errno != EINTR)
			i++; /* the fault lies with this peer */
	}
}

int main(int argc, char **argv)
{
	if (argc != 3) {
		fprintf(stderr, "usage: %s ADDRESS PORT\n", argv[0]);
		return 2;
	}
	signal(SIGTERM, end);
	int fd = open_socket(argv[1], argv[2]);

	link_buffers();
	reset(BATCH);
	for (;;) {
		int n = recvmmsg(fd, msgs, BATCH, MSG_WAITFORONE, NULL);

		for (int i = 0; i < n; i++) {
			if (msgs[i].msg_len > 2)
				data[i][2] ^= 0x80;
			vecs[i].iov_len = msgs[i].msg_len;
		}
		send_all(fd, n);
		reset(n);
	}
}
