namespace Overlay2.Storage.Simulation.Scenarios;

/// <summary>The contents of files in scenarios: byte i of pattern s is (17 s + i) mod 251.</summary>
internal static class FillPattern
{
    private const int Period = 251;

    public static byte[] Make(long seed, long length)
    {
        if (length is < 0 or > int.MaxValue)
            throw new ScenarioFormatException("A content of " + length + " bytes is refused.");
        byte[] bytes = new byte[length];
        int value = (int)(((seed * 17 % Period) + Period) % Period);
        for (int i = 0; i < bytes.Length; i++)
        {
            bytes[i] = (byte)value;
            if (++value == Period)
                value = 0;
        }

        return bytes;
    }
}
