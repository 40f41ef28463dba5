using System.Runtime.InteropServices;

namespace Eco.Host.Fleet;

/// <summary>Signals to processes of one's own.</summary>
internal static class Signals
{
    public const int Hangup = 1;
    public const int Interrupt = 2;
    public const int Kill = 9;
    public const int Terminate = 15;
    public const int Continue = 18;
    public const int Stop = 19;

    /// <summary>Sends a signal; a process that has ended, or whose id another one has got, is left alone.</summary>
    public static void Send(ProcessIdentity process, int signal)
    {
        if (process.IsAlive)
        {
            // The one failure left is that it has ended since: nobody misses the signal then.
            _ = SendSignal(process.Pid, signal);
        }
    }

    [DllImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SendSignal(int pid, int signal);
}
