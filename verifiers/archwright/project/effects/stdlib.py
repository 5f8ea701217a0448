"""What functions of the standard library do: data only, by full dotted name, and a word on every module of it.

Printing, logging and warnings are no effects: what a process says on its own streams changes nothing for others. Neither is what
Python reads once of its own data, as modules and time zones (``ZoneInfo``).
"""

from __future__ import annotations


def table(**rows: str) -> dict[str, str]:
    """``effect="a b c"`` rows as name -> effect; ``__`` in a key stands for a dot."""
    return {name: key.replace("__", ".") for key, names in rows.items() for name in names.split()}


def below(prefix: str, names: str) -> str:
    """Dotted names below *prefix*."""
    return " ".join(f"{prefix}.{name}" for name in names.split())


_OS_READ = (
    "listdir scandir walk fwalk stat lstat statvfs access readlink read open path.exists path.lexists path.isfile"
    " path.isdir path.islink path.ismount path.getsize path.getmtime path.getctime path.getatime path.samefile path.realpath"
)
_OS_WRITE = (
    "remove unlink rename renames replace mkdir makedirs rmdir removedirs link symlink truncate ftruncate chmod lchmod chown"
    " lchown utime write fsync mkfifo mknod sendfile setxattr"
)
_OS_ENV = (
    "getenv getenvb putenv unsetenv getcwd getcwdb getlogin getpid getppid getuid geteuid getgid getegid getgroups uname"
    " cpu_count process_cpu_count getloadavg get_terminal_size sysconf confstr get_exec_path path.expanduser path.expandvars"
)
_OS_PROCESS = (
    "system popen fork forkpty kill killpg abort _exit execv execve execl execle execlp execlpe execvp execvpe spawnl spawnle"
    " spawnlp spawnlpe spawnv spawnve spawnvp spawnvpe posix_spawn posix_spawnp startfile wait wait3 wait4 waitpid waitid nice"
    " setuid setgid seteuid setegid setsid setpgid setgroups chdir fchdir chroot umask"
)
_RANDOM = (
    "random randint randrange choice choices sample shuffle uniform gauss normalvariate betavariate expovariate"
    " triangular lognormvariate vonmisesvariate gammavariate paretovariate weibullvariate binomialvariate getrandbits"
    " randbytes seed SystemRandom"
)

CALLS: dict[str, str] = table(
    clock=" ".join(
        [
            "datetime.datetime.now datetime.datetime.utcnow datetime.datetime.today datetime.date.today",
            below(
                "time",
                "time time_ns monotonic monotonic_ns perf_counter perf_counter_ns process_time process_time_ns thread_time"
                " thread_time_ns clock_gettime clock_gettime_ns",
            ),
            "asyncio.get_running_loop.time asyncio.get_event_loop.time",
            below("timeit", "default_timer timeit repeat"),
        ]
    ),
    random=" ".join(
        [
            below("random", _RANDOM),
            below("secrets", "token_hex token_bytes token_urlsafe choice randbelow randbits SystemRandom"),
            "uuid.uuid1 uuid.uuid4 uuid.uuid6 uuid.uuid7 os.urandom os.getrandom ssl.RAND_bytes tempfile.mktemp crypt.mksalt",
            "email.utils.make_msgid",
        ]
    ),
    sleep="time.sleep asyncio.sleep select.select signal.pause signal.sigwait signal.sigtimedwait",
    network=" ".join(
        [
            below(
                "socket",
                "socket create_connection create_server getaddrinfo gethostbyname gethostbyname_ex gethostbyaddr getfqdn fromfd",
            ),
            "urllib.request.urlopen urllib.request.urlretrieve urllib.request.build_opener.open",
            "http.client.HTTPConnection http.client.HTTPSConnection ssl.get_server_certificate",
            below("asyncio", "open_connection start_server open_unix_connection start_unix_server"),
            "smtplib.SMTP smtplib.SMTP_SSL smtplib.LMTP ftplib.FTP ftplib.FTP_TLS poplib.POP3 poplib.POP3_SSL",
            "imaplib.IMAP4 imaplib.IMAP4_SSL nntplib.NNTP telnetlib.Telnet xmlrpc.client.ServerProxy smtpd.SMTPServer",
            below(
                "socketserver", "TCPServer UDPServer ThreadingTCPServer ThreadingUDPServer UnixStreamServer"
            ),
            "http.server.HTTPServer http.server.ThreadingHTTPServer xmlrpc.server.SimpleXMLRPCServer",
            "wsgiref.simple_server.make_server logging.handlers.SocketHandler logging.handlers.HTTPHandler",
            "logging.handlers.SMTPHandler logging.handlers.DatagramHandler logging.handlers.SysLogHandler",
            below("multiprocessing.connection", "Client Listener"),
        ]
    ),
    filesystem__read=" ".join(
        [
            below("os", _OS_READ),
            "glob.glob glob.iglob linecache.getline linecache.getlines filecmp.cmp filecmp.cmpfiles filecmp.dircmp",
            "sqlite3.connect tokenize.open io.open_code pkgutil.get_data importlib.resources.files netrc.netrc",
            below(
                "importlib.resources", "open_text open_binary read_text read_binary contents is_resource path"
            ),
            "zoneinfo.available_timezones shutil.which shutil.disk_usage mimetypes.init mimetypes.read_mime_types dbm.whichdb",
            "zipimport.zipimporter sndhdr.what imghdr.what fileinput.input logging.config.fileConfig inspect.getsource",
            "ssl.create_default_context mailcap.getcaps gettext.translation gettext.find inspect.getsourcelines",
        ]
    ),
    filesystem__write=" ".join(
        [
            below("os", _OS_WRITE),
            below(
                "shutil",
                "copy copy2 copyfile copyfileobj copymode copystat copytree move rmtree chown make_archive unpack_archive",
            ),
            below(
                "tempfile",
                "mkdtemp mkstemp TemporaryDirectory NamedTemporaryFile TemporaryFile SpooledTemporaryFile",
            ),
            "logging.FileHandler py_compile.compile venv.create venv.EnvBuilder zipapp.create_archive msilib.init_database",
            below("logging.handlers", "RotatingFileHandler TimedRotatingFileHandler WatchedFileHandler"),
            below("compileall", "compile_dir compile_file compile_path"),
            "shelve.open dbm.open dbm.dumb.open dbm.gnu.open dbm.ndbm.open dbm.sqlite3.open",
            below("mailbox", "Maildir mbox MH Babyl MMDF"),
        ]
    ),
    filesystem=" ".join(
        [
            "zipfile.ZipFile zipfile.PyZipFile tarfile.open tarfile.TarFile gzip.GzipFile bz2.BZ2File lzma.LZMAFile mmap.mmap",
            "io.FileIO wave.open aifc.open sunau.open fcntl.flock fcntl.lockf ossaudiodev.open",
        ]
    ),
    env=" ".join(
        [
            below("os", _OS_ENV),
            below(
                "platform",
                "node platform system machine release version processor uname architecture python_version python_implementation"
                " mac_ver win32_ver libc_ver freedesktop_os_release",
            ),
            "getpass.getuser getpass.getpass builtins.input tempfile.gettempdir uuid.getnode site.getsitepackages",
            below(
                "locale", "getlocale getdefaultlocale setlocale getpreferredencoding getencoding localeconv"
            ),
            below("pwd", "getpwnam getpwuid getpwall"),
            below("grp", "getgrnam getgrgid getgrall"),
            below("spwd", "getspnam getspall"),
            below("resource", "getrusage getrlimit"),
            below("winreg", "OpenKey QueryValueEx ConnectRegistry"),
            "sys.getwindowsversion nis.match termios.tcgetattr",
        ]
    ),
    process=" ".join(
        [
            below("subprocess", "run call check_call check_output getoutput getstatusoutput Popen"),
            below("os", _OS_PROCESS),
            below("signal", "signal raise_signal alarm setitimer pthread_kill siginterrupt"),
            below("multiprocessing", "Process Pool Manager get_context.Process get_context.Pool"),
            "asyncio.create_subprocess_exec asyncio.create_subprocess_shell concurrent.futures.ProcessPoolExecutor",
            "pty.spawn pty.fork webbrowser.open webbrowser.open_new webbrowser.open_new_tab ensurepip.bootstrap",
            "resource.setrlimit resource.prlimit syslog.syslog pipes.Template termios.tcsetattr tty.setraw",
            "winreg.SetValueEx winreg.CreateKey winreg.DeleteKey winsound.Beep winsound.PlaySound antigravity.fly",
        ]
    ),
)
"""Functions and classes with an effect; all others of these modules have none."""

RUNS_ANYTHING = frozenset(
    {
        "builtins.eval",
        "builtins.exec",
        "builtins.breakpoint",
        "builtins.__import__",
        "pdb.set_trace",
        "pdb.run",
    }
    | {
        "runpy.run_module",
        "runpy.run_path",
        "code.interact",
        "importlib.import_module",
        "importlib.__import__",
    }
    | {
        "importlib.reload",
        "imp.load_module",
        "imp.load_source",
        "cProfile.run",
        "profile.run",
        "bdb.Bdb",
        "doctest.testmod",
    }
    | {
        "ctypes.CDLL",
        "ctypes.PyDLL",
        "ctypes.WinDLL",
        "ctypes.OleDLL",
        "ctypes.cdll.LoadLibrary",
        "pickle.load",
    }
    | {"pickle.loads", "marshal.loads", "unittest.main", "idlelib.run", "trace.Trace"}
)
"""Functions that run code nobody can see."""

ELSEWHERE = frozenset({"builtins", "codecs", "contextvars", "io", "pathlib", "sys"})
"""Modules whose effects are told by objects or arguments, not by the name of a function."""

_WITHOUT_EFFECT = (
    "abc argparse array ast asynchat asyncore atexit audioop base64 binascii bisect calendar cgi cgitb chunk cmath cmd"
    " codeop collections colorsys configparser contextlib copy copyreg csv curses dataclasses decimal difflib dis distutils"
    " encodings enum errno faulthandler fnmatch fractions functools gc genericpath getopt graphlib hashlib heapq hmac html"
    " ipaddress itertools json keyword lib2to3 math modulefinder msvcrt nt ntpath nturl2path numbers opcode"
    " operator optparse pickletools plistlib posix posixpath pprint pstats pyclbr pydoc pydoc_data pyexpat queue quopri re"
    " readline reprlib rlcompleter sched selectors shlex sre_compile sre_constants sre_parse stat statistics string"
    " stringprep struct symtable sysconfig tabnanny textwrap this threading tkinter token tomllib traceback tracemalloc"
    " turtle turtledemo types typing unicodedata uu warnings weakref xdrlib xml zlib"
    " annotationlib compression"
)
WITHOUT_EFFECT = frozenset(_WITHOUT_EFFECT.split())
"""Modules that do nothing to the world by themselves: what they are given to run, read or write is judged where it is made."""
