/* Writes the name of its machine, which for a pod is the pod's, under those that stand on its disk, and answers every HTTP
 * request with all of them. */
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static void end(int number) {
  (void)number;
  _exit(0);
}

int main(void) {
  signal(SIGTERM, end);
  signal(SIGPIPE, SIG_IGN);
  char name[128] = "";
  gethostname(name, sizeof name - 2);
  strcat(name, "\n");
  int page = open("/data/names", O_RDWR | O_CREAT | O_APPEND, 0600);
  if (page < 0 || write(page, name, strlen(name)) < 0 || fsync(page) != 0) return 1;
  int server = socket(AF_INET, SOCK_STREAM, 0);
  int on = 1;
  setsockopt(server, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(8080)};
  if (bind(server, (struct sockaddr *)&address, sizeof address) != 0) return 1;
  listen(server, 64);
  for (;;) {
    int client = accept(server, 0, 0);
    if (client < 0) continue;
    char request[4096], names[4096];
    if (read(client, request, sizeof request) > 0) {
      ssize_t length = pread(page, names, sizeof names, 0);
      dprintf(client, "HTTP/1.1 200 OK\r\nContent-Length: %zd\r\nConnection: close\r\n\r\n%.*s", length, (int)length, names);
    }
    close(client);
  }
}
