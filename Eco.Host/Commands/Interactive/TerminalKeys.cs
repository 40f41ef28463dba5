using System.Threading.Channels;

namespace Eco.Host.Commands.Interactive;

/// <summary>The keys of the terminal. Reading a key blocks, so it has a thread of its own, which ends with the process.</summary>
internal static class TerminalKeys
{
    private const int TypedAhead = 4096;

    public static ChannelReader<ConsoleKeyInfo> Start()
    {
        var keys = Channel.CreateBounded<ConsoleKeyInfo>(new BoundedChannelOptions(TypedAhead) { FullMode = BoundedChannelFullMode.DropWrite });
        var thread = new Thread(() => Read(keys.Writer)) { IsBackground = true, Name = "eco console keys" };
        thread.Start();
        return keys.Reader;
    }

    private static void Read(ChannelWriter<ConsoleKeyInfo> keys)
    {
        try
        {
            while (true)
            {
                keys.TryWrite(Console.ReadKey(intercept: true));
            }
        }
        catch (Exception error) when (error is InvalidOperationException or IOException)
        {
            // The terminal is gone: the session ends as at the end of an input.
            keys.Complete(error);
        }
    }
}
