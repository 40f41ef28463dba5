using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Eco.Runtime.Persistence.Artifacts;

/// <summary>Makes a rename durable: POSIX keeps a file's name in its directory, and .NET can open no directory.</summary>
internal static class DirectorySync
{
    private const int ReadOnlyCloseOnExec = 0x80000; // O_RDONLY | O_CLOEXEC, the same on all processors that .NET runs on

    /// <summary>Writes the directory's entries to disk. On systems other than Linux the file system's own ordering has to do.</summary>
    /// <exception cref="IOException">The system refused.</exception>
    public static void Flush(string directory)
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        int descriptor = Native.open(directory, ReadOnlyCloseOnExec);
        if (descriptor < 0)
        {
            throw Failed("opened", directory);
        }

        try
        {
            if (Native.fsync(descriptor) != 0)
            {
                throw Failed("synchronised", directory);
            }
        }
        finally
        {
            // Nothing was written through this descriptor, so a failing close loses nothing.
            _ = Native.close(descriptor);
        }
    }

    private static IOException Failed(string verb, string directory)
    {
        var cause = new Win32Exception(Marshal.GetLastPInvokeError());
        return new IOException($"folder {directory} cannot be {verb}: {cause.Message}", cause);
    }

#pragma warning disable SYSLIB1054 // LibraryImport needs unsafe code, which this project does without.
    private static class Native
    {
        [DllImport("libc", SetLastError = true)]
        public static extern int open([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags);

        [DllImport("libc", SetLastError = true)]
        public static extern int fsync(int descriptor);

        [DllImport("libc", SetLastError = true)]
        public static extern int close(int descriptor);
    }
#pragma warning restore SYSLIB1054
}
